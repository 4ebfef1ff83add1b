/**
 * `npm run bench:ui-server`: how quick the live page's server is with many runs, and with a run of many stages. Writes into docs/benchmarks.md.
 *
 *   npm run bench:ui-server -- [--runs 1000] [--stages 1000] [--pages 20] [--print]
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sha256 } from '../src/base/hash.ts';
import type { EventBody } from '../src/core/event.ts';
import type { RunId, StageId, StageKey } from '../src/core/ids.ts';
import { hostFacts } from '../src/records/host-facts.ts';
import { startRunRecord, type RunRecorder } from '../src/records/recorder.ts';
import { writeSection } from './document.ts';
import { median, milliseconds } from './measure.ts';

interface Sizes {
  readonly runs: number;
  readonly stages: number;
  readonly pages: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      stages: { type: 'string', default: '1000' },
      pages: { type: 'string', default: '20' },
      print: { type: 'boolean' },
    },
  });
  const sizes = { runs: Number(values.runs), stages: Number(values.stages), pages: Number(values.pages) };
  const folder = await mkdtemp(join(tmpdir(), 'bench-ui-'));
  try {
    const text = await measured(folder, sizes);
    console.log(text);
    if (values.print !== true) await writeSection('bench:ui-server', text);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measured(folder: string, { runs, stages, pages }: Sizes): Promise<string> {
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(join(folder, 'many.yaml'), pipelineOf(stages));
  for (let index = 0; index < runs; index++) await finished(await recorded(folder, idOf(index), 6));
  await finished(await recorded(folder, idOf(runs), stages));
  // Goes on as long as this process does.
  const underWay = await recorded(folder, idOf(runs + 1), 60, 1);
  const begun = performance.now();
  const child = spawn(process.execPath, ['dist/cli.cjs', 'ui', '--port', '0', '--no-open'].map(absolute), {
    cwd: folder,
  });
  try {
    const printed = await new Promise<string>((resolve) => {
      child.stdout.once('data', (data: Buffer) => {
        resolve(data.toString().trim());
      });
    });
    const start = performance.now() - begun;
    const [address = '', token = ''] = printed.split('#token=');
    const post = { method: 'POST', headers: { 'content-type': 'application/json', 'x-pipeline-token': token } };
    const plan = { ...post, body: JSON.stringify({ file: 'many.yaml' }) };
    const ask = (path: string, times: number, request: RequestInit = {}): Promise<Asked> =>
      asked(address + path, times, request);
    const run = `api/runs/${idOf(runs)}`;
    const list = await ask(`api/runs?limit=5000`, 20);
    const rows: [string, Asked][] = [
      [`the list of ${runs} runs`, list],
      [`the record of a run of ${stages} stages`, await ask(run, 10)],
      [`its page`, await ask(`${run}/page`, 10)],
      [`its events, to the last`, await ask(`${run}/events`, 10)],
      ['the project', await ask('api/project', 10)],
      [`the plan of ${stages} stages`, await ask('api/plan', 10, plan)],
    ];
    const stop = new AbortController();
    const followers = Array.from({ length: pages }, () => follow(`${address}api/runs/changes`, stop.signal));
    await sleep(2000);
    const idle = await loadOf(child.pid ?? 0, 10, () => undefined);
    const busy = await loadOf(child.pid ?? 0, 10, (second) => {
      underWay.emit({ time: Date.now(), ...ended(`stage-${second}`) });
    });
    const during = await ask('api/runs?limit=5000', 20);
    const bytes = memoryOf(child.pid ?? 0);
    stop.abort();
    const heard = await Promise.all(followers);
    const lines = rows.map(([what, { first, usual, bytes: size }]) => {
      return `| ${what} | ${milliseconds(first / 1000)} | ${milliseconds(usual / 1000)} | ${Math.round(size / 1024)} KiB |`;
    });
    return [
      `| \`pipeline ui\` gives | first time | median after | size |`,
      `| --- | --- | --- | --- |`,
      ...lines,
      `| the list, while ${pages} pages follow it | | ${milliseconds(during.usual / 1000)} | |`,
      '',
      `It listens ${milliseconds(start / 1000)} after its start. ${pages} pages that follow the list take ${percent(idle)} of a core while nothing happens, and ${percent(busy)} while a run of the project goes on;`,
      `each was told of it (${Math.min(...heard)} changes at least). It then has ${Math.round(bytes / 2 ** 20)} MiB of memory.`,
    ].join('\n');
  } finally {
    child.kill();
    await underWay.close();
  }
}

function pipelineOf(stages: number): string {
  const values = Array.from({ length: stages - 1 }, (_, index) => index).join(', ');
  const many = `  many:\n    matrix: { n: [${values}] }\n    run: echo \${matrix.n}\n`;
  return `version: 1\nname: many\nstages:\n  first:\n    run: echo first\n${many}`;
}

const absolute = (part: string): string => (part.startsWith('dist/') ? join(import.meta.dirname, '..', part) : part);

function idOf(index: number): RunId {
  return `20261101-${String(index).padStart(6, '0')}-aaaaa` as RunId;
}

/** @param most of its events, where it has not ended */
async function recorded(folder: string, run: RunId, stages: number, most = Infinity): Promise<RunRecorder> {
  const recorder = await startRunRecord({
    ...{ folder: join(folder, 'artifacts', 'runs'), run, started: Date.now() },
    definition: {
      ...{ name: 'many', file: 'pipelines/many.yaml', text: 'version: 1\n'.repeat(50), params: { seed: 42 } },
      ...{ overrides: [], backend: 'wasm' },
    },
    versions: { node: process.versions.node },
    host: hostFacts(),
  });
  const ids = Array.from({ length: stages }, (_, index) => `stage-${index}`);
  for (const event of [...eventsOf(run, ids)].slice(0, most)) recorder.emit({ time: Date.now(), ...event });
  return recorder;
}

async function finished(recorder: RunRecorder): Promise<void> {
  recorder.emit({ time: Date.now(), type: 'run-finished', status: 'succeeded', seconds: 30 });
  await recorder.close();
}

function* eventsOf(run: RunId, ids: readonly string[]): Iterable<EventBody> {
  const stages = ids.map((id, index) => ({ id: id as StageId, type: 'train-student', needs: needsOf(ids, index) }));
  yield { type: 'run-started', run, pipeline: 'many', stages, jobs: 2, backend: 'wasm' };
  for (const id of ids) {
    const stage = id as StageId;
    yield { type: 'stage-started', stage, key: sha256(id) as StageKey, because: 'never ran' };
    for (let epoch = 1; epoch <= 5; epoch++) {
      yield { type: 'stage-progress', stage, done: epoch, total: 5, unit: 'epochs' };
      const figures = {
        loss: 1 / epoch,
        accuracy: 1 - 0.1 / epoch,
        validationLoss: 1 / epoch,
        validationAccuracy: 0.9,
      };
      yield { type: 'epoch-ended', stage, epoch, epochs: 5, figures, samplesPerSecond: 1, seconds: 1, secondsLeft: 1 };
    }
    yield ended(id);
  }
  yield { type: 'gate-checked', metric: 'm', bound: '>= 0', value: 1, passed: true };
}

function ended(id: string): EventBody {
  const artifact = {
    kind: 'model' as const,
    digest: sha256(id),
    files: [{ path: 'weights.bin', digest: sha256(`w${id}`), bytes: 1e6 }],
  };
  const metrics = { accuracy: 0.97, loss: 0.1, validationAccuracy: 0.96 };
  return { type: 'stage-finished', stage: id as StageId, key: sha256(id) as StageKey, artifact, metrics, seconds: 5 };
}

/** Each needs the first, and the one before. */
function needsOf(ids: readonly string[], index: number): readonly StageId[] {
  return [...new Set([ids[0], ids[index - 1]])]
    .slice(0, index)
    .flatMap((id) => (id === undefined ? [] : [id as StageId]));
}

interface Asked {
  /** Milliseconds. */
  readonly first: number;
  readonly usual: number;
  readonly bytes: number;
}

async function asked(address: string, times: number, request: RequestInit): Promise<Asked> {
  const taken: number[] = [];
  let bytes = 0;
  for (let time = 0; time < times; time++) {
    const begun = performance.now();
    const response = await fetch(address, request);
    ({ byteLength: bytes } = await response.arrayBuffer());
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    taken.push(performance.now() - begun);
  }
  const [first = NaN, ...others] = taken;
  return { first, usual: median(others), bytes };
}

/** @returns how many changes it was told */
async function follow(address: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  try {
    const { body } = await fetch(address, { signal });
    const decoder = new TextDecoder();
    for await (const piece of body ?? []) count += decoder.decode(piece as Uint8Array).split('event: runs').length - 1;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return count;
}

/** @returns the share of a core that the process took */
async function loadOf(pid: number, seconds: number, eachSecond: (second: number) => void): Promise<number> {
  const before = ticksOf(pid);
  for (let second = 0; second < seconds; second++) {
    eachSecond(second);
    await sleep(1000);
  }
  return (ticksOf(pid) - before) / 100 / seconds;
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

await main();
