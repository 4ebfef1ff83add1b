import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll } from '@jest/globals';
import { listenOnLoopback } from '../../base/loopback.ts';

/** What happens to a request in place of, or on, its way to the server. */
export type Fault =
  | 'none'
  /** Answered so, without reaching the server. */
  | { readonly status: number }
  /** The server's answer is cut off after so many bytes of its body. */
  | { readonly cutAfter: number }
  /** Nothing is ever answered. */
  | 'silent'
  /** The connection is closed at once. */
  | 'reset';

export interface FaultyProxy {
  readonly endpoint: string;
  /** Of each request that came. */
  readonly seen: readonly string[];
  /** Decides for each request from now on. */
  when(decide: (request: { readonly method: string; readonly path: string }) => Fault | Promise<Fault>): void;
}

/** A real server between a client and S3, on loopback, gone when the test file is done. */
export async function faultyProxy(port: number): Promise<FaultyProxy> {
  const seen: string[] = [];
  let decide: Parameters<FaultyProxy['when']>[0] = () => 'none';
  const server = createServer((asked, answer) => {
    const { method = '', url: path = '' } = asked;
    seen.push(`${method} ${path}`);
    void Promise.resolve(decide({ method, path })).then((fault) => {
      if (fault === 'silent') return;
      if (fault === 'reset') asked.socket.destroy();
      else if (typeof fault === 'object' && 'status' in fault) refuse(asked, answer, fault.status);
      else forward(asked, answer, { port, fault });
    });
  });
  open.push(server);
  return {
    endpoint: `http://127.0.0.1:${await listenOnLoopback(server)}`,
    seen,
    when: (chosen) => {
      decide = chosen;
    },
  };
}

const open: Server[] = [];

afterAll(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function refuse(asked: IncomingMessage, answer: ServerResponse, status: number): void {
  asked.resume();
  asked.on('end', () => {
    answer.writeHead(status, { 'content-type': 'application/xml' });
    answer.end(`<?xml version="1.0"?><Error><Code>${status === 503 ? 'SlowDown' : 'InternalError'}</Code></Error>`);
  });
}

interface Forwarding {
  readonly port: number;
  readonly fault: Fault;
}

function forward(asked: IncomingMessage, answer: ServerResponse, { port, fault }: Forwarding): void {
  const { method, url: path, headers } = asked;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 500, answered.headers);
    if (typeof fault !== 'object' || !('cutAfter' in fault)) {
      answered.pipe(answer);
      return;
    }
    let left = fault.cutAfter;
    answered.on('data', (piece: Buffer) => {
      answer.write(piece.subarray(0, left), () => {
        if (left <= 0) asked.socket.destroy();
      });
      left -= piece.length;
    });
    answered.on('end', () => answer.end());
  });
  onward.on('error', () => asked.socket.destroy());
  asked.pipe(onward);
}
