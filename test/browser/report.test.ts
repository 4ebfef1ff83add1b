import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newProject } from '../e2e/project.ts';
import { tinyPipeline } from '../e2e/tiny-pipeline.ts';
import { accessibilityFaults } from './accessibility.ts';
import { describeInChromium } from './chromium.ts';

/** What a person writes is text on the page, wherever it stands. */
const hostile = '</script><img src=x onerror=document.title=1>';

const sweep = `${tinyPipeline.replace('${params.temperature}', '${matrix.temperature}')}matrix:
  temperature: [2, 8]
replicates: 2
`;

describeInChromium('the report, opened from a folder', (browser) => {
  test('shows a run, and asks for nothing', async () => {
    const project = await newProject({ 'tiny.yaml': `# ${hostile}\n${tinyPipeline}` });
    expect((await project.pipeline('run', 'tiny.yaml')).exitCode).toBe(0);
    expect((await project.pipeline('report')).exitCode).toBe(0);
    const link = pathToFileURL(project.path('report.html')).href;

    for (const colorScheme of ['light', 'dark'] as const) {
      // axe itself is a script that the page would forbid.
      const { page, troubles } = await browser.open({ bypassCSP: true, colorScheme });
      await page.goto(link);
      await drawn(page);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(troubles).toEqual([]);
    }

    const { page, troubles } = await browser.open({ viewport: { width: 390, height: 800 } });
    await page.goto(link);
    await drawn(page);
    expect(await page.locator('h2').allInnerTexts()).toEqual([
      'What came out',
      'What ran',
      'How they learned',
      'Accuracy and size',
      'What the teacher knows',
      'Where they differ',
      'What is mistaken for what',
      'How sure they are',
      'Where it comes from',
    ]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);

    const tile = page.locator('.tile[aria-pressed=false]').first();
    const name = (await tile.textContent()) ?? '';
    const number = /^image (\d+)/.exec(name)?.[1];
    await tile.click();
    await page.getByText(`test image ${number},`).waitFor();
    await page.locator('#soft-labels input[type=range]').fill('20');
    const softer = page.locator('.tile', { hasText: `image ${number},` });
    expect(shareIn(await softer.textContent())).toBeLessThan(shareIn(name));

    await page.locator('#mistakes select').selectOption('validation');
    const counts = await page.locator('#mistakes table').first().locator('td').allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(100);
    await page.locator('[data-stage=train-student]').click();
    expect(await page.locator('#stages tbody th').allInnerTexts()).toEqual(['train-student']);

    await page.getByText('tiny.yaml, as it was read').click();
    expect(await page.locator('#origins pre').innerText()).toContain(hostile);
    expect(await page.title()).toContain('tiny');
    expect(troubles).toEqual([]);
  }, 240_000);

  test('shows a sweep beside another run, and without JavaScript what came out', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'sweep.yaml': sweep });
    expect((await project.pipeline('run', 'tiny.yaml')).exitCode).toBe(0);
    const swept = await project.pipeline('run', 'sweep.yaml');
    expect([swept.exitCode, swept.stderr]).toEqual([0, '']);
    expect((await project.pipeline('report', 'latest', 'latest~1')).exitCode).toBe(0);
    const link = pathToFileURL(project.path('report.html')).href;

    const { page, troubles } = await browser.open({ bypassCSP: true });
    await page.goto(link);
    await drawn(page);
    await page.getByRole('heading', { name: 'Over the sweep' }).waitFor();
    const chart = page.getByRole('img', { name: /^validation accuracy by temperature: / });
    expect(await chart.getAttribute('aria-label')).toMatch(/student, temperature 8: [\d.]+% ± [\d.]+%/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('radio').last().check();
    await page.getByRole('heading', { name: 'Over the sweep' }).waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);

    const plain = await browser.open({ javaScriptEnabled: false });
    await plain.page.goto(link);
    const text = await plain.page.locator('body').innerText();
    expect(text).toMatch(/student, temperature 8\s+[\d.]+%/);
    expect(text).toContain('predict-soft-labels');
  }, 240_000);
});

async function drawn(page: Page): Promise<void> {
  await page.locator('html[data-state=ready]').waitFor();
  await page.locator('#learning svg.plot').first().waitFor();
}

/** `image 3, of class 7: 41%, next 2, 12%` */
function shareIn(label: string | null): number {
  return Number(/: ([\d.]+)%/.exec(label ?? '')?.[1]);
}
