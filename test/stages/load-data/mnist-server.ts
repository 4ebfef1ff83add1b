/** A mirror on this machine: a real HTTP server that serves files, with ranges, and can be told to misbehave. */
import { afterAll } from '@jest/globals';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

export interface Mirror {
  readonly url: string;
  /** `GET /name bytes=10-` for each request. */
  readonly requests: string[];
}

export interface MirrorRules {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** After how many bytes of a response the connection is cut, for the first so many responses. */
  readonly cut?: { readonly after: number; readonly times: number };
  /** Answers every request like this. */
  readonly status?: number;
  /** Whether a range is ignored, and everything sent. */
  readonly ignoresRanges?: boolean;
  /** Sends half of the file at first, and then nothing more. */
  readonly stalls?: boolean;
}

const servers: Server[] = [];

export async function openMirror(rules: MirrorRules): Promise<Mirror> {
  const requests: string[] = [];
  let cuts = rules.cut?.times ?? 0;
  const server = createServer((request, response) => {
    requests.push(`GET ${request.url ?? ''} ${request.headers.range ?? ''}`.trim());
    const cut = rules.cut !== undefined && cuts-- > 0 ? rules.cut.after : undefined;
    answer(rules, { request, response, cut });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist/`, requests };
}

/** An address that nobody listens at. */
export async function closedMirror(): Promise<string> {
  const { url } = await openMirror({ files: {} });
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cut: number | undefined;
}

function answer({ files, status, ignoresRanges, stalls }: MirrorRules, { request, response, cut }: Exchange): void {
  const file = new Map(Object.entries(files)).get(basename(request.url ?? ''));
  if (status !== undefined || file === undefined) {
    response.writeHead(status ?? 404).end('no');
    return;
  }
  const from = ignoresRanges === true ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const start = Number(from ?? 0);
  if (start >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  const rest = file.subarray(start);
  const range = { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': rest.length,
    ...(from === undefined ? {} : range),
  });
  if (stalls === true) response.write(rest.subarray(0, start === 0 ? rest.length / 2 : 0));
  else if (cut === undefined) response.end(rest);
  else response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 50));
}

afterAll(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
