import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { command, newProject, type Project } from '../../e2e/project.ts';
import { until } from '../../e2e/processes.ts';
import { digestsOf } from '../../e2e/store-content.ts';
import type { Events } from '../../e2e/tiny-pipeline.ts';

/** Machines that share a remote and a server of Temporal: folders of their own on this one, with processes of their own. */
export interface Cluster {
  /** A client's folder, with these files and the project file. */
  client(files: Readonly<Record<string, string>>): Promise<Project>;
  /** Listens when the promise is kept. */
  worker(options?: WorkerOptions): Promise<ClusterWorker>;
}

export interface ClusterSettings {
  readonly address: string;
  /** Of the project file: `{ folder: … }`; a new folder, if absent. */
  readonly remote?: string;
  readonly heartbeatTimeout?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its own way to the server. */
  readonly address?: string;
  readonly remote?: string;
  /** Another program than the one built here. */
  readonly program?: string;
  /** One that was used before; a new one, if absent. */
  readonly folder?: string;
}

export interface ClusterWorker {
  readonly folder: string;
  readonly pid: number;
  /** All that it wrote. */
  said(): string;
  /** To its group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
  /** Kept when it has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** With SIGKILL, and all its children. */
  kill(): Promise<void>;
}

let clusters = 0;

export function newCluster({ address, remote, heartbeatTimeout = '5s', env = {} }: ClusterSettings): Cluster {
  const there = remote ?? `{ folder: ${JSON.stringify(join(temporaryFolder(), 'shared'))} }`;
  // Nobody takes what another test left behind.
  const prefix = `test-${process.pid}-${++clusters}`;
  const projectFile = (own: WorkerOptions = {}): string =>
    `remote: ${own.remote ?? there}\ntemporal: { address: "${own.address ?? address}", prefix: ${prefix}, heartbeatTimeout: ${heartbeatTimeout} }\n`;
  return {
    client: (files) => newProject({ ...files, 'pipeline.config.yaml': projectFile() }, env),
    worker: (options = {}) => startWorker(projectFile(options), { ...options, env: { ...env, ...options.env } }),
  };
}

const running = new Set<ClusterWorker>();

afterEach(async () => {
  await Promise.all([...running].map((worker) => worker.kill()));
});

async function startWorker(projectFile: string, options: WorkerOptions): Promise<ClusterWorker> {
  const { args = [], env, program = command, folder = temporaryFolder() } = options;
  writeFileSync(join(folder, 'pipeline.config.yaml'), projectFile);
  const child = spawn(process.execPath, [program, 'worker', '--backend', 'wasm', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = Number(child.pid);
  // It would outlive this process, however that ends.
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -s KILL -- "-$1"', 'guard', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => {
    running.delete(worker);
    guard.kill('SIGKILL');
    return (code ?? signal) as number | NodeJS.Signals;
  });
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const worker: ClusterWorker = {
    ...{ folder, pid, ended },
    said: () => said,
    signal: (name) => {
      if (!hasEnded) process.kill(-pid, name);
    },
    kill: async () => {
      worker.signal('SIGKILL');
      await ended;
    },
  };
  running.add(worker);
  await until(() => hasEnded || said.includes('listening'), 'the worker listens');
  return worker;
}

/** A run that a client follows. */
export interface ClusterRun {
  readonly pid: number;
  /** What it has told. */
  events(): Events;
  warnings(): readonly string[];
  /** Kept when it has ended. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly events: Events; readonly stderr: string }>;
  signal(name: NodeJS.Signals): void;
}

/** Starts `run FILE --engine temporal` and follows what it tells. */
export function startRun(client: Project, file: string, ...args: string[]): ClusterRun {
  const child = client.start('run', file, '--engine', 'temporal', '--backend', 'wasm', '--json', ...args);
  let [told, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const events = (): Events =>
    told
      .slice(0, told.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Events[number]);
  const pid = Number(child.pid);
  return {
    pid,
    events,
    warnings: () => events().flatMap(({ type, message }) => (type === 'warning' ? [String(message)] : [])),
    ended: once(child, 'close').then(() => ({ exitCode: child.exitCode, events: events(), stderr })),
    signal: (name) => {
      process.kill(-pid, name);
    },
  };
}

/** What the stages made, in a run of the same files that nobody disturbs, on one machine without a remote. */
export async function undisturbed(
  files: Readonly<Record<string, string>>,
  file: string,
): Promise<Readonly<Record<string, string>>> {
  const alone = await newProject(files);
  const { stdout } = await alone.pipeline('run', file, '--backend', 'wasm', '--json');
  const first = JSON.parse(stdout.split('\n')[0] ?? '') as { readonly run: string };
  return digestsOf(alone.path('artifacts'), first.run);
}

/** Of what each stage made, as a run's events tell. */
export function madeIn(events: Events): Readonly<Record<string, string>> {
  return Object.fromEntries(
    events.flatMap(({ type, stage = '', artifact }) =>
      type === 'stage-finished' || type === 'stage-reused' ? [[stage, (artifact as { digest: string }).digest]] : [],
    ),
  );
}

/** Stages by events of a type, in the order of the events. */
export function stagesWith(events: Events, wanted: string): readonly (string | undefined)[] {
  return events.filter(({ type }) => type === wanted).map(({ stage }) => stage);
}
