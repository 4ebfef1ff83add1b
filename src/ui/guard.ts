import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { sha256 } from '../base/hash.ts';
import { type Refusal, TOKEN_HEADER } from './protocol.ts';

/**
 * Who may ask. A page of another site that the browser shows can reach the loopback address: by its own name for it (DNS rebinding), which
 * Host tells, or across origins, which Origin and Sec-Fetch-Site tell. What changes something needs the token as well, which only
 * who was given the address has.
 */
export function guard({ token, port }: { readonly token: string; readonly port: () => number }): MiddlewareHandler {
  const expected = Buffer.from(sha256(token));
  return async (context, next) => {
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port()}`);
    const host = context.req.header('host');
    if (host === undefined || !hosts.includes(host)) {
      return context.json<Refusal>({ message: 'this server answers to its loopback address alone' }, 421);
    }
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    // A link of another site may open the page; what it asks for itself, may not.
    const fromElsewhere = site !== undefined && !['same-origin', 'none'].includes(site);
    const { method, path } = context.req;
    const opensPage = path === '/' && context.req.header('sec-fetch-mode') === 'navigate';
    if ((origin !== undefined && origin !== `http://${host}`) || (fromElsewhere && !opensPage)) {
      return context.json<Refusal>({ message: 'this server answers to its own page alone' }, 403);
    }
    if (method !== 'GET' && method !== 'POST') {
      return context.json<Refusal>({ message: 'this server is asked by GET and POST alone' }, 405);
    }
    if (method === 'POST') {
      const given = Buffer.from(sha256(context.req.header(TOKEN_HEADER) ?? ''));
      if (!timingSafeEqual(given, expected)) {
        const hint = 'open the address that `pipeline ui` printed';
        return context.json<Refusal>({ message: 'this page does not have the token of the server', hint }, 403);
      }
      if (context.req.header('content-type')?.split(';')[0] !== 'application/json') {
        return context.json<Refusal>({ message: 'what is asked must be JSON' }, 415);
      }
    }
    await next();
    return undefined;
  };
}
