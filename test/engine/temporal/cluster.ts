import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { command, newProject, type Project } from '../../e2e/project.ts';
import { until } from '../../e2e/processes.ts';
import { digestsOf } from '../../e2e/store-content.ts';
import { type StartedRun, startedRun } from '../../e2e/started-run.ts';

/** Machines that share a remote and a server of Temporal: folders of their own on this one, with processes of their own. */
export interface Cluster {
  /** A client's folder, with these files; what they have of a project file is added to its own. */
  client(files: Readonly<Record<string, string>>): Promise<Project>;
  /** Listens when the promise is kept. */
  worker(options?: WorkerOptions): Promise<ClusterWorker>;
}

export interface ClusterSettings {
  readonly address: string;
  /** Of the project file: `{ folder: … }`; a new folder, if absent. */
  readonly remote?: string;
  readonly heartbeatTimeout?: string;
  /** More lines of all project files. */
  readonly settings?: string;
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
  /** For all tests of a file, not for one. */
  readonly stays?: boolean;
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

export function newCluster({
  address,
  remote,
  heartbeatTimeout = '5s',
  settings = '',
  env = {},
}: ClusterSettings): Cluster {
  const there = remote ?? `{ folder: ${JSON.stringify(join(temporaryFolder(), 'shared'))} }`;
  // Nobody takes what another test left behind.
  const prefix = `test-${process.pid}-${++clusters}`;
  const projectFile = (own: WorkerOptions = {}): string =>
    `remote: ${own.remote ?? there}\ntemporal: { address: "${own.address ?? address}", prefix: ${prefix}, heartbeatTimeout: ${heartbeatTimeout} }\n${settings}`;
  return {
    client: ({ 'pipeline.config.yaml': more = '', ...files }) =>
      newProject({ ...files, 'pipeline.config.yaml': `${projectFile()}${more}` }, env),
    worker: (options = {}) => startWorker(projectFile(options), { ...options, env: { ...env, ...options.env } }),
  };
}

const running = new Set<ClusterWorker>();
const staying = new Set<ClusterWorker>();

afterEach(async () => {
  await Promise.all([...running].map((worker) => worker.kill()));
});

afterAll(async () => {
  await Promise.all([...staying].map((worker) => worker.kill()));
});

async function startWorker(projectFile: string, options: WorkerOptions): Promise<ClusterWorker> {
  const { args = [], env, program = command, folder = temporaryFolder(), stays = false } = options;
  const kept = stays ? staying : running;
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
    kept.delete(worker);
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
  kept.add(worker);
  await until(() => hasEnded || said.includes('listening'), 'the worker listens');
  return worker;
}

/** Starts `run FILE --engine temporal` and follows what it tells. */
export function startRun(client: Project, file: string, ...args: string[]): StartedRun {
  return startedRun(client, file, '--engine', 'temporal', '--backend', 'wasm', ...args);
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
