import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newProject } from '../e2e/project.ts';
import type { Project } from '../e2e/project.ts';
import { accessibilityFaults } from './accessibility.ts';
import { describeInChromium } from './chromium.ts';

/** `wait` ends when a file is there: so a run goes on as long as the test looks at it. */
const pipeline = `version: 1
name: seen
params: { temperature: 4, epochs: 3, word: first }
stages:
  load-data: { type: load-data, with: { dataset: mnist-10k, split: { train: 3000, validation: 300, test: 300 } } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with: { model: [flatten, { dense: { units: 64, activation: relu } }, { dense: 10 }], batchSize: 64, epochs: 3 }
  predict-soft-labels: { type: predict-soft-labels, needs: { data: load-data, teacher: train-teacher } }
  train-student:
    type: train-student
    needs: { data: load-data, softLabels: predict-soft-labels }
    with:
      model: [flatten, { dense: { units: 32, activation: relu } }, { dense: 10 }]
      distillation: { method: hinton, temperature: "\${params.temperature}", alpha: 0.9 }
      batchSize: 64
      epochs: \${params.epochs}
  train-baseline:
    type: train-student
    needs: { data: load-data }
    with: { model: [flatten, { dense: { units: 32, activation: relu } }, { dense: 10 }], batchSize: 64, epochs: 3 }
  evaluate:
    type: evaluate
    needs: { data: load-data, teacher: train-teacher, student: train-student, baseline: train-baseline }
  wait:
    run: echo \${params.word} waits for go; while [ ! -e go ]; do sleep 0.1; done; echo done > waited.txt
    outputs: [waited.txt]
`;

const started: ReturnType<Project['start']>[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

describeInChromium('the live page', (browser) => {
  test('a run of another process is seen while it goes on, then its samples, a drawing, a comparison, a plan, start and stop', async () => {
    const project = await newProject({ 'seen.yaml': pipeline, go: '' });
    const { exitCode, stderr } = await project.pipeline('run', 'seen.yaml');
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
    const address = await openedUi(project);
    const { page, troubles } = await browser.open();
    await page.goto(address);
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByText('1 run', { exact: true }).isVisible()).toBe(true);
    // The token stands neither in what is seen nor in the history.
    expect(new URL(page.url()).hash).toBe('#/');

    const [second, end] = await seenWhileItRuns(project, page);
    await readSamples(page, second);
    await drawOne(page, second);
    await compareBoth(page);
    await planAndStart(project, page);

    await page.goBack();
    expect(page.url()).toContain('#/pipelines');
    expect(troubles.filter(isTrouble)).toEqual([]);
    await end;
    await lookForFaults(await browser.open({ bypassCSP: true }), { address, run: second });
  }, 300_000);
});

/** Who goes to another view is told no more, and waits for no answer. */
function isTrouble(trouble: string): boolean {
  return !trouble.endsWith('net::ERR_ABORTED');
}

async function openedUi(project: Project): Promise<string> {
  const child = start(project, 'ui', '--port', '0', '--no-open');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('pipeline ui printed no address');
}

function start(project: Project, ...args: string[]): ReturnType<Project['start']> {
  const child = project.start(...args);
  started.push(child);
  return child;
}

/** @returns the run, and what waits for its process */
async function seenWhileItRuns(project: Project, page: Page): Promise<[string, Promise<unknown>]> {
  await rm(project.path('go'));
  const child = start(project, 'run', 'seen.yaml', '--set', 'word=second', '--set', 'temperature=8');
  child.stdout.resume();
  child.stderr.resume();
  const end = once(child, 'exit');
  // The list is told of it, without being asked again.
  const row = page.getByRole('row').filter({ hasText: 'running' });
  await row.getByRole('link').click();
  await page.getByRole('heading', { name: /^seen / }).waitFor();
  const run = /runs\/([^/?]+)/.exec(page.url())?.[1] ?? '';
  await page.getByRole('button', { name: /^wait: running/ }).waitFor();
  await page.getByRole('button', { name: /^train-teacher: reused/ }).click();
  await page.getByRole('region', { name: 'stage train-teacher' }).getByText('reused').first().waitFor();

  await page.getByRole('link', { name: 'Curves' }).click();
  await page.getByRole('img', { name: /^validation accuracy over epochs: .*train-student .* after 3/ }).waitFor();
  await page.getByRole('link', { name: 'Logs' }).click();
  await page.getByLabel('stage').selectOption('wait');
  await page.getByRole('log').getByText('second waits for go').waitFor();
  expect(await chip(page).innerText()).toContain('running');

  await project.write('go', '');
  await chip(page).filter({ hasText: 'succeeded' }).waitFor();
  await page.getByRole('link', { name: 'Stages' }).click();
  await page.getByRole('button', { name: /^wait: ran/ }).waitFor();
  return [run, end];
}

/** How the run that is looked at gets on. */
function chip(page: Page): ReturnType<Page['locator']> {
  return page.locator('main .chip').first();
}

async function readSamples(page: Page, run: string): Promise<void> {
  await page.getByRole('link', { name: 'Samples' }).click();
  const images = page.getByRole('button', { name: /^image / });
  await images.first().waitFor();
  expect(await images.count()).toBe(40);
  await page.getByLabel('show').selectOption('wrong:student');
  await page
    .getByRole('status')
    .filter({ hasText: /of \d+ images/ })
    .waitFor();
  const wrong = await images.first().getAttribute('aria-label');
  const [, index = '', label = '', said = ''] = /^image (\d+), a (\d): .*student says (\d)/.exec(wrong ?? '') ?? [];
  expect(said).not.toBe(label);
  const shown = page.getByRole('region', { name: `image ${index}`, exact: true });
  const before = await studentShares(shown.getByRole('row'));
  expect(before[Number(said)]).toBe(Math.max(...before));
  // Softer: the largest has less.
  await shown.getByRole('slider').focus();
  for (let step = 0; step < 12; step++) await page.keyboard.press('ArrowRight');
  const after = await studentShares(shown.getByRole('row'));
  expect(Math.max(...after)).toBeLessThan(Math.max(...before));
  expect(page.url()).toContain(run);
}

async function studentShares(rows: ReturnType<Page['getByRole']>): Promise<readonly number[]> {
  const texts = await rows.locator('td:nth-child(3)').allInnerTexts();
  return texts.map((text) => Number(text.replace(/[<%]/g, '')));
}

async function drawOne(page: Page, run: string): Promise<void> {
  await page.getByRole('link', { name: 'Draw' }).click();
  const paper = page.getByRole('application');
  await page.getByText('Draw a digit: the answers come here.').waitFor();
  const box = await paper.boundingBox();
  const [left, top] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + 50];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left - 15, top + 180, { steps: 20 });
  await page.mouse.up();
  for (const stage of ['train-teacher', 'train-student', 'train-baseline']) {
    const answer = page.locator(`[data-stage="${stage}"] strong`);
    await answer.waitFor();
    if (stage === 'train-teacher') expect(await answer.innerText()).toBe('1');
  }
  await page.getByRole('button', { name: 'Clear' }).click();
  await paper.focus();
  for (let step = 0; step < 12; step++) await page.keyboard.press('Shift+ArrowDown');
  expect(await page.locator('[data-stage="train-teacher"] strong').innerText()).toBe('1');
  expect(page.url()).toContain(run);
}

async function compareBoth(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Runs' }).click();
  const boxes = page.getByRole('checkbox');
  await boxes.first().check();
  await boxes.nth(1).check();
  await page.getByRole('link', { name: 'Compare 2 runs' }).click();
  const differing = page.getByRole('row', { name: /^parameter temperature/ });
  await differing.waitFor();
  expect([...(await differing.getByRole('cell').allInnerTexts())].sort()).toEqual(['4', '8']);
  await page
    .getByRole('row', { name: /^student/ })
    .first()
    .waitFor();
  await page.getByRole('img', { name: /^validation accuracy over epochs: / }).waitFor();
  await page.getByRole('img', { name: /^\d+ models by / }).waitFor();
}

async function planAndStart(project: Project, page: Page): Promise<void> {
  await rm(project.path('go'));
  await page.getByRole('link', { name: 'Plan and start' }).click();
  await page.getByLabel('temperature').fill('2');
  await page.getByLabel('word').fill('third');
  await page.getByLabel('word').press('Enter');
  await page.getByRole('button', { name: /^train-student: run/ }).click();
  const planned = page.getByRole('region', { name: 'stage train-student' });
  await planned.getByText(/distillation.temperature: \d → 2/).waitFor();
  await planned.getByRole('button', { name: 'What its key is made of' }).click();
  await planned.getByText('"preimage"').or(planned.getByText('"options"')).first().waitFor();

  await page.getByRole('button', { name: 'Start a run' }).click();
  await page.getByRole('button', { name: /^wait: running/ }).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Stop it' }).click();
  await chip(page).filter({ hasText: 'cancelled' }).waitFor();
}

/** By axe, in each view, light and dark, on a wide screen and a phone's. */
async function lookForFaults(
  { page, troubles }: { readonly page: Page; readonly troubles: readonly string[] },
  { address, run }: { readonly address: string; readonly run: string },
): Promise<void> {
  await page.goto(address);
  await page.getByRole('row').nth(1).waitFor();
  const views: Readonly<Record<string, string>> = {
    '#/': 'table',
    [`#/runs/${run}?stage=train-student`]: '.dag-box',
    [`#/runs/${run}/curves`]: '.chart svg',
    [`#/runs/${run}/results`]: '.confusion',
    [`#/runs/${run}/origins`]: 'pre',
    [`#/runs/${run}/samples`]: '.class-bars',
    [`#/runs/${run}/draw`]: '.paper canvas',
    [`#/runs/${run}/logs?stage=wait`]: '[role=log]',
    [`#/compare?run=${run}&run=latest~2`]: '.parallel svg',
    '#/pipelines': '.dag-box',
  };
  const found: string[] = [];
  for (const [view, sign] of Object.entries(views)) {
    await page.goto(new URL(view, address).href);
    await page.locator(sign).first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(colorScheme === 'light' ? { width: 1280, height: 800 } : { width: 390, height: 844 });
      found.push(...(await accessibilityFaults(page)).map((fault) => `${view}, ${colorScheme}: ${fault}`));
      const [wide, room] = await page.evaluate<readonly number[]>('[document.documentElement.scrollWidth, innerWidth]');
      if ((wide ?? 0) > (room ?? 0)) found.push(`${view} is wider than its screen: ${String(wide)}`);
    }
  }
  expect(found).toEqual([]);
  expect(troubles.filter(isTrouble)).toEqual([]);
}
