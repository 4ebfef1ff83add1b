import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';
import type { Project } from './project.ts';

/** A `pipeline ui` that is asked by plain HTTP, as a page or as somebody who means harm. */
export interface Ui {
  readonly port: number;
  readonly token: string;
  readonly process: ChildProcess;
  /** What it says on stderr. */
  said(): string;
  /** As the server's own page asks, with what is given in place of its headers; a header of null is not sent. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  json<T>(path: string): Promise<T>;
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  follow(path: string, headers?: Headers): Promise<Followed>;
  /** Bytes as they are, to the end of the answer. */
  raw(text: string): Promise<string>;
}

type Headers = Readonly<Record<string, string | null>>;

interface AskOptions {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly text: string;
}

export interface SeenEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

export interface Followed {
  readonly status: number;
  readonly events: readonly SeenEvent[];
  readonly response: IncomingMessage;
  /** Waits, however busy the machine is. */
  readonly until: (condition: (events: readonly SeenEvent[]) => boolean) => Promise<void>;
  ended(): boolean;
  leave(): void;
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

export async function startUi(project: Project, ...args: string[]): Promise<Ui> {
  const child = project.start('ui', '--port', '0', '--no-open', ...args);
  started.push(child);
  let [out, said] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  await waitUntil(
    () => out.includes('\n') || child.exitCode !== null,
    () => `the server to start: ${said}`,
  );
  const [, port, token = ''] = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=(\S+)\n$/.exec(out) ?? [];
  if (port === undefined) throw new Error(`no address: ${out}${said}`);
  const own = { host: `127.0.0.1:${port}` };
  const open = (path: string, { method = 'GET', headers = {}, body }: AskOptions): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const all: Headers = { ...own, ...headers };
      const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
      const asked = request({ host: '127.0.0.1', port, path, method, setHost: false, agent: false });
      for (const [name, value] of sent) asked.setHeader(name, value);
      asked.on('response', resolve);
      asked.on('error', reject);
      asked.end(body);
    });
  const ask = async (path: string, options: AskOptions = {}): Promise<Answer> => {
    const response = await open(path, options);
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    return { status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() };
  };
  return {
    ...{ port: Number(port), token, process: child, ask },
    said: () => said,
    async json<T>(path: string): Promise<T> {
      const { status, text } = await ask(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return JSON.parse(text) as T;
    },
    post(path, body, headers = {}) {
      const usual = { 'content-type': 'application/json', 'x-pipeline-token': token };
      return ask(path, { method: 'POST', headers: { ...usual, ...headers }, body: JSON.stringify(body) });
    },
    async follow(path, headers = {}) {
      return followed(await open(path, { headers }));
    },
    raw(text) {
      return new Promise((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
        let answer = '';
        socket.on('data', (data) => (answer += data.toString('latin1')));
        socket.on('close', () => {
          resolve(answer);
        });
        socket.on('error', reject);
      });
    },
  };
}

function followed(response: IncomingMessage): Followed {
  const events: SeenEvent[] = [];
  let [rest, hasEnded] = ['', false];
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? '';
      if (!part.startsWith(':')) events.push({ event: field('event'), id: field('id'), data: field('data') });
    }
  });
  const end = (): void => {
    hasEnded = true;
  };
  response.on('close', end);
  response.on('error', end);
  return {
    ...{ status: response.statusCode ?? 0, events, response },
    until: (condition) =>
      waitUntil(
        () => condition(events),
        () => `events; there are ${JSON.stringify(events.slice(-3))}`,
      ),
    ended: () => hasEnded,
    leave() {
      response.destroy();
    },
  };
}

export async function waitUntil(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const end = Date.now() + 60_000; !(await condition());) {
    if (Date.now() > end) throw new Error(`waited 60 s in vain for ${what()}`);
    await sleep(20);
  }
}

export async function exitOf(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];
}
