/**
 * `npm run bench:cluster`: what the engine temporal costs a stage, against the engine local in the same run and in turn; how sleeping
 * stages spread over workers; and a run of thousands of stages. All on this machine. Writes its tables into docs/benchmarks.md.
 *
 *   npm run bench:cluster -- [--parts overhead,workers,many] [--runs 5] [--stages 10000] [--print]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { writeSection } from '../document.ts';
import { median } from '../measure.ts';
import { type Rig, openRig } from './rig.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'overhead,workers,many' },
    runs: { type: 'string', default: '5' },
    stages: { type: 'string', default: '10000' },
    print: { type: 'boolean' },
  },
});

async function main(rig: Rig): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const blocks = [`${today}; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}.`];
  const parts = values.parts.split(',');
  if (parts.includes('overhead')) blocks.push(await overhead(rig, Number(values.runs)));
  if (parts.includes('workers')) blocks.push(await spread(rig));
  if (parts.includes('many')) blocks.push(await many(rig, Number(values.stages)));
  const text = blocks.join('\n\n');
  console.log(text);
  if (values.print !== true) await writeSection('bench:cluster', text);
}

async function overhead(rig: Rig, runs: number): Promise<string> {
  await rig.workers(1, 4);
  const graphs = { 'a chain of 50': chain(50), '200 side by side, 4 at once': wide(200, 'exit 0') };
  const rows: string[] = [];
  for (const [name, yaml] of Object.entries(graphs)) {
    const stages = name.startsWith('a chain') ? 50 : 200;
    const times = { local: [] as number[], temporal: [] as number[] };
    for (let round = 0; round < runs; round++) {
      for (const engine of ['local', 'temporal'] as const) {
        // Nothing is in a store yet: each run has its own number in its commands.
        const ran = await rig.run(yaml, engine, '-j', '4', '--set', `salt=${engine}-${round}-${stages}`);
        times[engine].push((ran.seconds * 1000) / stages);
      }
    }
    const [local, temporal] = [median(times.local), median(times.temporal)];
    const ratio = (temporal / local).toFixed(1);
    rows.push(`| ${name} | ${local.toFixed(0)} ms | ${temporal.toFixed(0)} ms | ${ratio} |`);
  }
  return [
    `**Overhead**: \`sh -c 'exit 0'\`, milliseconds a stage by the events of the run, medians of ${runs}, engines in turn; one worker.`,
    '',
    '| stages | local | temporal | × local |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function spread(rig: Rig): Promise<string> {
  const rows: string[] = [];
  for (const count of [1, 2, 4, 8]) {
    await rig.workers(count, 1);
    const { seconds } = await rig.run(wide(64, 'sleep 1'), 'temporal', '--set', `salt=spread-${count}`);
    rows.push(`| ${count} | ${64 / count} s | ${seconds.toFixed(1)} s | ${(64 / count / seconds).toFixed(2)} |`);
  }
  return [
    '**Workers**: 64 stages that sleep for a second, one at once a worker.',
    '',
    '| workers | ideal | run | ideal ÷ run |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function many(rig: Rig, stages: number): Promise<string> {
  await rig.workers(2, 2);
  const { seconds, wallSeconds, peak } = await rig.run(sweep(stages), 'temporal', '--set', 'salt=many');
  const histories = rig.histories();
  const events = histories.map((history) => history.events);
  const rows = [
    ['from start to end', `${wallSeconds.toFixed(0)} s`],
    ['a stage', `${((seconds * 1000) / stages).toFixed(0)} ms`],
    ['parts of the workflow', String(histories.length)],
    ['events of the largest part (51,200 allowed)', Math.max(...events).toLocaleString('en')],
    ['bytes of the largest part (50 MB allowed)', megabytes(Math.max(...histories.map(({ bytes }) => bytes)))],
    ['events in all', events.reduce((sum, each) => sum + each, 0).toLocaleString('en')],
    ['peak memory of the client', megabytes(peak)],
    ['of the larger worker', megabytes(rig.workerPeak())],
    ['of the server', megabytes(rig.serverPeak())],
  ];
  return [
    `**${stages.toLocaleString('en')} stages**, of them some that gather 1,000 each; 2 workers of 2 stages at once.`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
  ].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

const head = 'version: 1\nname: NAME\nparams: { salt: none }\nstages:\n';

function chain(length: number): string {
  const stage = (place: number): string => {
    const needs = place === 0 ? '' : `, needs: { before: s${place - 1} }`;
    return `  s${place}: { run: [sh, -c, exit 0, '\${params.salt}', '${place}']${needs} }\n`;
  };
  return head + Array.from({ length }, (_, place) => stage(place)).join('');
}

function wide(count: number, command: string): string {
  const stage = (place: number): string =>
    `  s${place}: { run: [sh, -c, ${command}, '\${params.salt}', '${place}'] }\n`;
  return head + Array.from({ length: count }, (_, place) => stage(place)).join('');
}

/** As a sweep of temperatures and seeds would be. */
function sweep(stages: number): string {
  const seeds = 1000;
  const temperatures = Math.max(1, Math.floor((stages - 2) / (seeds + 1)));
  const rest = stages - 2 - temperatures * (seeds + 1);
  if (rest < 0) throw new Error(`a sweep has ${seeds + 3} stages at least`);
  const list = (count: number): string => `[${Array.from({ length: count }, (_, value) => value).join(', ')}]`;
  return `${head}  prepare: { run: [sh, -c, exit 0, '\${params.salt}'] }
  train-student:
    matrix: { temperature: ${list(temperatures)}, seed: ${list(seeds)} }
    needs: { data: prepare }
    run: [sh, -c, exit 0, '\${matrix.temperature}', '\${matrix.seed}']
  compare: { gather: [seed], needs: { student: train-student }, run: 'true' }
  report: { gather: [temperature], needs: { compared: compare }, run: 'true' }
${Array.from({ length: rest }, (_, place) => `  apart-${place}: { run: [sh, -c, exit 0, '\${params.salt}', '${place}'] }\n`).join('')}`;
}

const rig = await openRig();
try {
  await main(rig);
} finally {
  await rig.close();
}
