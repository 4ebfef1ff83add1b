/**
 * How quick the live page is with many runs and many stages: `npm run bench:ui`. It makes records of 1,000 runs and of one under way with
 * 1,000 stages of its own, starts `pipeline ui`, and looks in a headless Chromium (PIPELINE_TEST_CHROMIUM, or `chromium`).
 */
import { spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type CDPSession, type Page } from 'playwright-core';
import { processIdentity } from '../../src/base/process-identity.ts';
import type { RunId, StageId } from '../../src/core/ids.ts';
import type { RunRecord, StageRun } from '../../src/records/run-record.ts';
import { summaryOf } from '../../src/records/run-state.ts';

const COUNT = 1000;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ui-'));
  try {
    await writeFile(join(folder, 'package.json'), '{}');
    const runs = join(folder, 'artifacts/runs');
    for (let index = 0; index < COUNT; index++) await writeRun(runs, finishedRun(index));
    const [big, events] = runUnderWay();
    await writeRun(runs, big);
    const log = join(runs, big.id, 'events.jsonl');
    await writeFile(log, events.slice(0, 1).join(''));
    const ui = spawn(process.execPath, ['dist/cli.cjs', 'ui', '--port', '0', '--no-open'].map(absolute), {
      cwd: folder,
    });
    try {
      const [address = ''] = await firstLine(ui.stdout);
      await look(address, big.id, () => appendFile(log, events.slice(1).join('')));
    } finally {
      ui.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function look(address: string, big: RunId, goOn: () => Promise<void>): Promise<void> {
  const executablePath = process.env['PIPELINE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.setDefaultTimeout(60_000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const timed = (what: string, action: () => Promise<void>) => measured(session, what, action);
  const to = (hash: string) => page.goto(new URL(hash, address).href);
  await timed(`the list of ${COUNT + 1} runs, from an empty tab`, async () => {
    await page.goto(address);
    await page.getByText(`${(COUNT + 1).toLocaleString('en')} runs`).waitFor();
  });
  await timed('narrowed to one of them', async () => {
    await page.getByRole('searchbox').fill('run-500');
    await page.getByText(`1 of ${(COUNT + 1).toLocaleString('en')} runs`).waitFor();
  });
  await timed(`a run of ${COUNT} stages, all drawn`, async () => {
    await to(`#/runs/${big}`);
    await page.locator(`.dag-box >> nth=${COUNT - 1}`).waitFor();
  });
  await timed('a stage of them chosen', async () => {
    await page.locator('[data-stage=stage-500]').click();
    await page.getByRole('heading', { name: 'stage-500' }).waitFor();
  });
  const frames = longestFrame(page);
  await timed(`${2 * COUNT} events of it, until the last is seen`, async () => {
    await goOn();
    await page
      .locator(`[data-stage=stage-${COUNT - 1}]`)
      .getByText('0.5 s')
      .first()
      .waitFor();
  });
  console.log(`  the longest that the page stood still meanwhile: ${(await frames).toFixed(0)} ms`);
  await browser.close();
}

/** Elapsed, which a busy machine lengthens, and what the page's own thread computed, which it hardly does. */
async function measured(session: CDPSession, what: string, action: () => Promise<void>): Promise<void> {
  const [before, start] = [await computed(session), performance.now()];
  await action();
  const elapsed = performance.now() - start;
  const own = (await computed(session)) - before;
  console.log(`${what}: ${elapsed.toFixed(0)} ms, of which the page computed for ${own.toFixed(0)}`);
}

/** Milliseconds of the page's main thread. */
async function computed(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

/** Between two frames, within 4 seconds. */
function longestFrame(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    let [longest, last] = [0, performance.now()];
    const end = last + 4000;
    const frame = (now) => {
      longest = Math.max(longest, now - last);
      last = now;
      if (now > end) resolve(longest);
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

function finishedRun(index: number): RunRecord {
  const started = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
  const id = `${started
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-')}-run-${index}` as RunId;
  const stages = Array.from({ length: 6 }, (_, stage) => stageOf(stage, 'ran'));
  return { ...record(id, started, stages), status: 'succeeded', seconds: 30 + (index % 50) };
}

/** With what its events tell, a line each: first that it has started. */
function runUnderWay(): readonly [RunRecord, readonly string[]] {
  const id = '20270101-000000-large' as RunId;
  const stages = Array.from({ length: COUNT }, (_, index) => stageOf(index, 'pending'));
  const time = Date.now();
  const first = { type: 'run-started', time, run: id, pipeline: 'large', jobs: 2, backend: 'wasm', stages };
  const key = 'a'.repeat(64);
  const artifact = { kind: 'files', digest: key, files: [] };
  const others = stages.flatMap(({ id: stage }) => [
    { type: 'stage-started', time, stage, key, because: 'it never ran' },
    { type: 'stage-finished', time, stage, key, artifact, metrics: {}, seconds: 0.5 },
  ]);
  const lines = [first, ...others].map((event) => `${JSON.stringify(event)}\n`);
  return [record(id, new Date(time), stages), lines];
}

/** Each needs two of those before it, so that there are some thirty layers. */
function stageOf(index: number, status: StageRun['status']): StageRun {
  const needs = index === 0 ? [] : [Math.floor(index * 0.8), Math.max(0, index - 40)].filter((need) => need < index);
  return {
    id: `stage-${index}` as StageId,
    type: 'command',
    needs: [...new Set(needs)].map((need) => `stage-${need}` as StageId),
    status,
  };
}

function record(id: RunId, started: Date, stages: readonly StageRun[]): RunRecord {
  const host = { name: 'h', platform: 'linux', release: '6', arch: 'x64', cpu: 'c', cores: 2, memory: 8e9 };
  return {
    ...{ format: 1, id, status: 'running', started: started.toISOString(), jobs: 2, stages, gates: [], warnings: [] },
    definition: { name: 'large', file: 'p.yaml', text: '', params: {}, overrides: [], backend: 'wasm' },
    facts: { versions: {}, host },
    process: processIdentity(),
  };
}

async function writeRun(runs: string, run: RunRecord): Promise<void> {
  const folder = join(runs, run.id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  await writeFile(join(folder, 'summary.json'), JSON.stringify(summaryOf(run)));
  await writeFile(join(folder, 'events.jsonl'), '');
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<readonly string[]> {
  for await (const line of createInterface({ input: stream })) return [line];
  return [];
}

function absolute(argument: string): string {
  return argument.startsWith('dist/') ? join(import.meta.dirname, '../..', argument) : argument;
}

await main();
