/**
 * The pictures in docs/: `npm run pictures -- FOLDER`, with the folder of a project whose last run that succeeded is of a pipeline with a teacher, a
 * student and a baseline. It starts that run again with another seed, for the picture of a run under way, and stops it.
 * Chromium is taken as by the tests: PIPELINE_TEST_CHROMIUM, or from PATH.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { chromium, type Browser, type Page } from 'playwright-core';

const command = resolve('dist/cli.cjs');
const project = resolve(process.argv[2] ?? '.');
const images = 'docs/images';

async function main(): Promise<void> {
  const executablePath = process.env['PIPELINE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const run = await lastRun();
    await picturesOfReport(browser, run);
    await picturesOfPage(browser, run);
  } finally {
    await browser.close();
  }
}

interface Run {
  readonly id: string;
  readonly file: string;
}

async function lastRun(): Promise<Run> {
  const { stdout } = await execa('node', [command, 'runs', '--status', 'succeeded', '-n', '1', '--json'], {
    cwd: project,
  });
  const [run] = JSON.parse(stdout) as readonly Run[];
  if (run === undefined) throw new Error(`no run of ${project} succeeded`);
  return run;
}

async function picturesOfReport(browser: Browser, run: Run): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-pictures-'));
  try {
    const file = join(folder, 'report.html');
    await execa('node', [command, 'report', run.id, '-o', file], { cwd: project });
    const page = await opened(browser, pathToFileURL(file).href, { width: 1180, height: 460 });
    await page.screenshot({ path: 'docs/report.png' });
    // High enough that the bar, which stays in sight, covers none of it.
    await page.setViewportSize({ width: 1180, height: 1500 });
    const soft = page.locator('section', { has: page.getByRole('heading', { name: 'What the teacher knows' }) });
    await soft.screenshot({ path: 'docs/report-soft-labels.png' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function picturesOfPage(browser: Browser, run: Run): Promise<void> {
  const server = spawn('node', [command, 'ui', '--no-open', '--port', '0'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [address] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const view = (id: string, name: string): string => address.replace(/#.*/, `#/runs/${id}${name}`);

    const results = await opened(browser, view(run.id, '/results'), { width: 1440, height: 1300 });
    await results.screenshot({ path: `${images}/ui-results.png` });

    const samples = await opened(browser, view(run.id, '/samples'), { width: 1280, height: 760 });
    const show = samples.getByLabel('show');
    await show.selectOption(await show.locator('option', { hasText: 'differ' }).first().getAttribute('value'));
    await samples.waitForTimeout(2000);
    await samples.screenshot({ path: `${images}/ui-samples.png` });

    const draw = await opened(browser, view(run.id, '/draw'), { width: 1280, height: 760 }, 'dark');
    await drawSeven(draw);
    await draw.waitForTimeout(2000);
    await draw.screenshot({ path: `${images}/ui-draw.png` });

    await pictureOfRunUnderWay(browser, run.file, view);
  } finally {
    server.kill('SIGINT');
  }
}

async function pictureOfRunUnderWay(
  browser: Browser,
  file: string,
  view: (run: string, name: string) => string,
): Promise<void> {
  const run = spawn('node', [command, 'run', file, '--set', 'seed=7', '--json'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let id = '';
    // Until an epoch of the baseline is over, so that there is something to see.
    for await (const line of createInterface({ input: run.stdout })) {
      const event = JSON.parse(line) as { readonly type: string; readonly run?: string };
      if (event.type === 'run-started') id = event.run ?? '';
      if (event.type === 'epoch-ended') break;
    }
    const page = await opened(browser, view(id, '?stage=train-teacher'), { width: 1440, height: 760 });
    await page.screenshot({ path: `${images}/ui-live.png` });
  } finally {
    run.kill('SIGINT');
  }
}

async function opened(
  browser: Browser,
  address: string,
  viewport: { readonly width: number; readonly height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(address);
  // Charts are drawn when what they show has come.
  await page.waitForLoadState('load');
  await page.waitForTimeout(4000);
  return page;
}

async function drawSeven(page: Page): Promise<void> {
  const box = await page.locator('canvas').first().boundingBox();
  if (box === null) throw new Error('there is nothing to draw on');
  await page.mouse.move(box.x + 90, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 190, box.y + 60, { steps: 10 });
  await page.mouse.move(box.x + 130, box.y + 220, { steps: 20 });
  await page.mouse.up();
}

await main();
