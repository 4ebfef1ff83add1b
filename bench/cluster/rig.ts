/** A cluster on this machine: Temporal's development server, a folder as the remote, workers and a client, each a process with a store of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalProgram } from '../../scripts/temporal.ts';
import { guarded } from '../../test/base/guarded.ts';
import { freePort } from '../../test/base/loopback.ts';
import { firstProgram, inPath } from '../../test/base/programs.ts';

export interface Rig {
  /** Runs the pipeline on this engine, from an empty store, to its end. */
  run(yaml: string, engine: 'local' | 'temporal', ...args: readonly string[]): Promise<Ran>;
  /** Exactly so many workers, each of so many stages at once. */
  workers(count: number, jobs: number): Promise<void>;
  /** What the server holds of the latest run. */
  histories(): readonly History[];
  serverPeak(): number;
  workerPeak(): number;
  close(): Promise<void>;
}

export interface Ran {
  /** As its events tell: from the first to the last. */
  readonly seconds: number;
  /** Of the whole command. */
  readonly wallSeconds: number;
  /** Bytes of memory, at most. */
  readonly peak: number;
}

export interface History {
  readonly events: number;
  readonly bytes: number;
}

const cli = resolve('dist/cli.cjs');

export async function openRig(): Promise<Rig> {
  const program = firstProgram([process.env['PIPELINE_TEST_TEMPORAL'], ...inPath('temporal'), temporalProgram()]);
  if (program === undefined) throw new Error('there is no Temporal: npm run install:temporal');
  if (!existsSync(cli)) throw new Error('dist/ is not built: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const address = `127.0.0.1:${await freePort()}`;
  const ask = (...args: readonly string[]): string =>
    execFileSync(program, [...args, '--address', address], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const place = [
    '--ip',
    '127.0.0.1',
    '--port',
    address.split(':')[1] ?? '',
    '--db-filename',
    join(folder, 'temporal.db'),
  ];
  const server = guarded([program, 'server', 'start-dev', '--headless', '--log-level', 'error', ...place]);
  await until(() => ask('operator', 'cluster', 'health').includes('SERVING'));
  const children: ChildProcess[] = [];
  let runs = 0;
  let latest = '';

  const projectIn = (name: string): string => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const remote = `remote: { folder: ${join(folder, 'shared')} }`;
    writeFileSync(join(own, 'pipeline.config.yaml'), `${remote}\ntemporal: { address: "${address}" }\n`);
    return own;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0)) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
  };
  return {
    async run(yaml, engine, ...args) {
      const own = projectIn(`run-${++runs}`);
      latest = `bench-${runs}`;
      writeFileSync(join(own, 'p.yaml'), yaml.replace('NAME', latest));
      const began = performance.now();
      const child = spawn(process.execPath, [cli, 'run', 'p.yaml', '--engine', engine, '--json', ...args], {
        cwd: own,
        env: { ...process.env, ...(engine === 'local' ? { PIPELINE_REMOTE: 'off' } : {}) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let end = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (end = (end + text).slice(-100_000)));
      let peak = 0;
      const look = setInterval(() => {
        peak = Math.max(peak, peakOf(child.pid));
      }, 200);
      await once(child, 'close');
      clearInterval(look);
      const finished = JSON.parse(end.trimEnd().split('\n').at(-1) ?? '') as { status?: string; seconds: number };
      if (finished.status !== 'succeeded') throw new Error(`the run ended with ${end.slice(-2000)}`);
      const wallSeconds = (performance.now() - began) / 1000;
      rmSync(own, { recursive: true, force: true });
      return { seconds: finished.seconds, wallSeconds, peak };
    },
    async workers(count, jobs) {
      await stop();
      for (let each = 0; each < count; each++) {
        const child = spawn(process.execPath, [cli, 'worker', '-j', String(jobs)], {
          cwd: projectIn(`worker-${++runs}`),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        children.push(child);
        await once(child.stdout, 'data');
      }
    },
    histories: () => {
      const query = `WorkflowId STARTS_WITH "distill-pipeline.${latest}."`;
      const all = JSON.parse(ask('workflow', 'list', '-o', 'json', '--query', query)) as {
        historyLength: string;
        historySizeBytes: string;
      }[];
      return all.map(({ historyLength, historySizeBytes }) => ({
        events: Number(historyLength),
        bytes: Number(historySizeBytes),
      }));
    },
    // The shell that guards it has it as a child.
    serverPeak: () => peakOf(Number(execFileSync('pgrep', ['-n', '-f', '--', place.join(' ')], { encoding: 'utf8' }))),
    workerPeak: () => Math.max(...children.map(({ pid }) => peakOf(pid))),
    async close() {
      await stop();
      await server.end('KILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    await sleep(100);
    try {
      if (condition()) return;
    } catch {
      // Not yet.
    }
  }
  throw new Error('the server did not get ready');
}

/** By Linux' own account; 0 elsewhere, and of one that has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
