/**
 * `npm run bench:engine`: whole processes, side by side in one run, the tools in turn so that a slow minute slows all of them.
 * Medians, and ratios to `node -e 0` of the same run. Writes its table into docs/benchmarks.md between two markers.
 *
 *   npm run bench:engine -- [--sizes 5,100,1000,10000] [--runs 7] [--only pipeline,ninja] [--print]
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSection } from '../document.ts';
import { median, milliseconds, seconds } from '../measure.ts';
import { tools, type Tool } from './tools.ts';
import { writeProject } from './workload.ts';

interface Measured {
  readonly tool: Tool;
  readonly executable: string;
  readonly folder: string;
  readonly firstSeconds: number;
  readonly noop: number[];
  readonly plan: number[];
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
  const blocks = [heading(chosen, Number(values.runs))];
  for (const size of values.sizes.split(',').map(Number)) blocks.push(await compare(size, chosen, Number(values.runs)));
  const missing = chosen.filter((tool) => tool.find() === undefined);
  if (missing.length > 0) {
    const how = missing.map(({ name, install }) => `${name} (${install})`).join('; ');
    blocks.push(`Not installed, so not measured: ${how}.`);
  }
  const text = blocks.join('\n\n');
  console.log(text);
  if (values.print !== true) await writeSection('bench:engine', text);
}

function heading(chosen: readonly Tool[], runs: number): string {
  const found = chosen.flatMap((tool) => {
    const executable = tool.find();
    return executable === undefined || tool.name === 'pipeline' ? [] : [`${tool.name} ${tool.version(executable)}`];
  });
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
  return `Medians of ${runs} whole processes, tools in turn; ${[machine, ...found].join(', ')}.`;
}

async function compare(stages: number, chosen: readonly Tool[], runs: number): Promise<string> {
  const measured: Measured[] = [];
  const notes: string[] = [];
  for (const tool of chosen) {
    const executable = tool.find();
    if (executable === undefined) continue;
    if (tool.limit !== undefined && stages > tool.limit.stages) notes.push(`${tool.name}: ${tool.limit.because}`);
    else measured.push(await firstRun(tool, executable, stages));
  }
  const node: number[] = [];
  for (let round = 0; round < runs; round++) {
    node.push(seconds(process.execPath, ['-e', '0'], tmpdir()));
    for (const one of measured) one.noop.push(seconds(one.executable, one.tool.arguments(stages), one.folder));
  }
  for (const one of measured) await appendFile(join(one.folder, 'in/f0'), 'another line\n');
  for (let round = 0; round < runs; round++) {
    for (const { executable, tool, folder, plan } of measured)
      if (tool.plan !== undefined) plan.push(seconds(executable, tool.plan(stages), folder));
  }
  const cold = await coldPlan(measured, stages, runs);
  for (const { folder } of measured) await rm(folder, { recursive: true, force: true });
  const base = median(node);
  return [
    `**${stages} stages** (\`node -e 0\`: ${milliseconds(base)})`,
    '',
    '| tool | nothing to do | × `node -e 0` | plan after a change | first run |',
    '| --- | --- | --- | --- | --- |',
    ...measured.map((one) => row(one, base)),
    ...(cold === undefined ? [] : ['', `Pipeline, plan after an edit of its definition: ${milliseconds(cold)}.`]),
    ...(notes.length > 0 ? ['', `Left out: ${notes.join('; ')}.`] : []),
  ].join('\n');
}

function row({ tool, noop, plan, firstSeconds }: Measured, base: number): string {
  const cells = [
    tool.name,
    milliseconds(median(noop)),
    (median(noop) / base).toFixed(2),
    plan.length === 0 ? '' : milliseconds(median(plan)),
    `${firstSeconds.toFixed(1)} s`,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function firstRun(tool: Tool, executable: string, stages: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${tool.name}-`));
  await writeProject(folder, tool.name, { stages });
  for (const [command, ...args] of tool.prepare ?? []) seconds(command ?? '', args, folder);
  const firstSeconds = seconds(executable, tool.arguments(stages), folder);
  // The second and third run may still write caches of their own; they are not counted.
  for (let warm = 0; warm < 2; warm++) seconds(executable, tool.arguments(stages), folder);
  return { tool, executable, folder, firstSeconds, noop: [], plan: [] };
}

/** With the whole definition to be parsed anew each time. */
async function coldPlan(measured: readonly Measured[], stages: number, runs: number): Promise<number | undefined> {
  const ours = measured.find(({ tool }) => tool.name === 'pipeline');
  if (ours?.tool.plan === undefined) return undefined;
  const times: number[] = [];
  for (let round = 0; round < runs; round++) {
    await appendFile(join(ours.folder, 'pipeline.yaml'), `# edit ${round}\n`);
    times.push(seconds(ours.executable, ours.tool.plan(stages), ours.folder));
  }
  return median(times);
}

await main();
