/**
 * `npm run bench:training`: training and prediction of the recipe's two models, beside Keras and tfjs-node as it comes. Each in a process
 * of its own, in turn, so that a slow minute slows all of them. Writes its tables into docs/benchmarks.md.
 *
 *   npm run bench:training -- [--rounds 3] [--steps 100] [--backend native] [--print] [--profile]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { threadsOf } from '../../src/tensor/facts.ts';
import { writeSection } from '../document.ts';
import { contenders, type Contender } from './contenders.ts';
import { writeImages } from './images.ts';
import { profileModels } from './profile.ts';
import { tableOf, type Result } from './table.ts';
import { BATCH, type Report } from './worker.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      steps: { type: 'string', default: '100' },
      backend: { type: 'string' },
      print: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  });
  const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
  if (!(rounds >= 1 && steps >= 1)) throw new Error('--rounds and --steps are numbers from 1');
  const { backend } = values;
  if (backend !== undefined && backend !== 'native' && backend !== 'wasm')
    throw new Error('--backend is native or wasm');
  if (values.profile) return profileModels(backend ?? 'wasm', steps);
  const text = await compare(contenders(backend), rounds, steps);
  console.log(text);
  if (!values.print && backend === undefined) await writeSection('bench:training', text);
}

async function compare(all: readonly Contender[], rounds: number, steps: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-training-'));
  try {
    const samples = steps * BATCH;
    const images = await writeImages(folder, samples);
    const results = { teacher: all.map(nothingYet), student: all.map(nothingYet) };
    for (let round = 0; round < rounds; round++) {
      for (const model of ['teacher', 'student'] as const) {
        for (const result of results[model]) measure(result, folder, model);
      }
    }
    const tables = [tableOf('Teacher', results.teacher, samples), tableOf('Student', results.student, samples)];
    return [heading(rounds, images), ...tables, notes(results.teacher, results.student)].join('\n\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nothingYet(contender: Contender): Result {
  return { contender, reports: [] };
}

function measure(result: Result, folder: string, model: string): void {
  const { command } = result.contender;
  if ('missing' in command || result.failed !== undefined) return;
  const [program = '', ...args] = command(folder, model);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 600_000 });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  console.error(`${model}, ${result.contender.name}: ${line}`);
  if (status === 0) result.reports.push(JSON.parse(line) as Report);
  else result.failed = stderr.split('\n').find((each) => each.includes('Error')) ?? `ended with ${status}`;
}

function heading(rounds: number, images: string): string {
  const oneDnn = process.env['TF_ENABLE_ONEDNN_OPTS'] === '0' ? 'off' : "on, TensorFlow's default";
  return (
    `Medians of ${rounds} processes each, in turn; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}; ` +
    `float32, batches of ${BATCH}; ${images} to train on, as many test images to predict; oneDNN ${oneDnn}; ` +
    `TensorFlow computes with ${threadsOf('native')} threads, WASM with one.`
  );
}

function notes(...results: readonly (readonly Result[])[]): string {
  const lines = results.flat().flatMap(({ contender, reports, failed }) => {
    const { name, command } = contender;
    if ('missing' in command) return [`- ${name}: not measured, ${command.missing}`];
    if (failed !== undefined) return [`- ${name}: failed, ${failed.trim()}`];
    return [`- ${name}: ${reports[0]?.about ?? ''}`];
  });
  return [...new Set(lines)].join('\n');
}

await main();
