import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { oneLine } from '../../report/format.ts';

/** A server that runs are sent to. */
export interface Server {
  /** Without name and password, which a URL may hold, and without a bar at the end: so it can be printed. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Empty where the answer is no JSON object. */
  readonly body: JsonObject;
}

/** @param headers for every request; where they have no `authorization`, what the URL has of name and password */
export function serverAt(url: string, headers: Readonly<Record<string, string>> = {}): Result<Server, Problem> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    const hint = 'as in http://127.0.0.1:5000';
    return failure({ code: 'bad-flag', message: `"${url}" is no address of a server`, hint });
  }
  const { username, password } = parsed;
  const basic =
    username === ''
      ? {}
      : { authorization: basicAuthorization(decodeURIComponent(username), decodeURIComponent(password)) };
  [parsed.username, parsed.password] = ['', ''];
  return success({ url: parsed.href.replace(/\/+$/, ''), headers: { ...basic, ...headers } });
}

export function basicAuthorization(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** @returns also what the server refuses; a problem where there is no answer */
export async function send(
  server: Server,
  path: string,
  {
    method = 'POST',
    json,
    text,
  }: { readonly method?: 'GET' | 'POST' | 'PUT'; readonly json?: JsonObject; readonly text?: string },
): Promise<Result<Answer, Problem>> {
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  const body = json === undefined ? text : JSON.stringify(json);
  try {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...server.headers, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
      // Names and passwords go to no other server.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return success({ status: answer.status, body: parsed(await answer.text()) });
  } catch (error) {
    // What `fetch` throws says nothing; its cause does, or where several addresses were tried, the code of that.
    const { cause = error } = error as Error;
    const { message, code = '' } = cause as NodeJS.ErrnoException;
    const words = message === '' ? code : message;
    return failure({ code: 'export-failed', message: `${server.url} does not answer: ${oneLine(words)}` });
  }
}

const PATIENCE_MS = 60_000;

/** For an answer that was none of those that were to be expected. */
export function refused({ url }: Server, path: string, { status, body }: Answer): Problem {
  const { message, error_code: code } = body;
  const words = [code, message].filter((part) => typeof part === 'string').map(oneLine);
  const why = words.length === 0 ? '' : `: ${words.join(': ')}`;
  return { code: 'export-failed', message: `${url}${path} answered ${status}${why}`.slice(0, 1000) };
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
