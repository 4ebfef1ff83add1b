/**
 * `npm run bench:engine`: whole processes, side by side in one run, the tools in turn so that a slow minute slows all of them.
 * Medians, and ratios to `node -e 0` of the same run. Writes its table into docs/benchmarks.md between two markers.
 *
 *   npm run bench:engine -- [--sizes 5,100,1000,10000] [--runs 7] [--only pipeline,ninja] [--print]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { tools, versionOf, type Tool } from './tools.ts';
import { writeProject } from './workload.ts';

const document = 'docs/benchmarks.md';
const markers = ['<!-- bench:engine -->', '<!-- /bench:engine -->'] as const;

interface Measured {
  readonly tool: Tool;
  readonly executable: string;
  readonly folder: string;
  readonly firstSeconds: number;
  readonly noop: number[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '5,100,1000,10000' },
      runs: { type: 'string', default: '7' },
      only: { type: 'string' },
      print: { type: 'boolean' },
    },
  });
  const chosen = tools.filter((tool) => values.only === undefined || values.only.split(',').includes(tool.name));
  const lines = [heading(Number(values.runs))];
  for (const size of values.sizes.split(',').map(Number)) lines.push(await compare(size, chosen, Number(values.runs)));
  const missing = chosen.filter((tool) => tool.find() === undefined);
  if (missing.length > 0)
    lines.push(
      `Not installed, so not measured: ${missing.map((tool) => `${tool.name} (${tool.install})`).join('; ')}.`,
    );
  const text = lines.join('\n\n');
  console.log(text);
  if (values.print !== true) await writeIntoDocument(text);
}

function heading(runs: number): string {
  const found = tools.flatMap((tool) => {
    const executable = tool.find();
    return executable === undefined || tool.name === 'pipeline' ? [] : [`${tool.name} ${versionOf(executable, tool)}`];
  });
  return `Medians of ${runs} whole processes with nothing to do, tools in turn; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}; ${found.join(', ')}.`;
}

async function compare(stages: number, chosen: readonly Tool[], runs: number): Promise<string> {
  const measured: Measured[] = [];
  const notes: string[] = [];
  for (const tool of chosen) {
    const executable = tool.find();
    if (executable === undefined) continue;
    if (tool.limit !== undefined && stages > tool.limit.stages) {
      notes.push(`${tool.name}: ${tool.limit.because}`);
      continue;
    }
    measured.push(await firstRun(tool, executable, stages));
  }
  const node: number[] = [];
  for (let round = 0; round < runs; round++) {
    node.push(seconds(process.execPath, ['-e', '0'], tmpdir()));
    for (const one of measured) one.noop.push(seconds(one.executable, one.tool.arguments(stages), one.folder));
  }
  for (const one of measured) await rm(one.folder, { recursive: true, force: true });
  const base = median(node);
  const rows = measured.map(
    (one) =>
      `| ${one.tool.name} | ${milliseconds(median(one.noop))} | ${(median(one.noop) / base).toFixed(2)} | ${one.firstSeconds.toFixed(1)} s |`,
  );
  return [
    `**${stages} stages** (\`node -e 0\`: ${milliseconds(base)})`,
    '',
    '| tool | nothing to do | × `node -e 0` | first run |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(notes.length > 0 ? ['', `Left out: ${notes.join('; ')}.`] : []),
  ].join('\n');
}

async function firstRun(tool: Tool, executable: string, stages: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${tool.name}-`));
  await writeProject(folder, tool.name, { stages });
  for (const [command, ...args] of tool.prepare ?? []) seconds(command ?? '', args, folder);
  const firstSeconds = seconds(executable, tool.arguments(stages), folder);
  // The second run may still write caches of its own; it is not counted.
  seconds(executable, tool.arguments(stages), folder);
  return { tool, executable, folder, firstSeconds, noop: [] };
}

function seconds(command: string, args: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${status}:\n${stderr.slice(-2000)}`);
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;
}

async function writeIntoDocument(text: string): Promise<void> {
  const before = await readFile(document, 'utf8');
  const [start, end] = markers.map((marker) => before.indexOf(marker));
  if (start === undefined || end === undefined || start < 0 || end < start)
    throw new Error(`${document} lacks the markers ${markers.join(' … ')}`);
  await writeFile(document, `${before.slice(0, start)}${markers[0]}\n${text}\n${before.slice(end)}`);
}

await main();
