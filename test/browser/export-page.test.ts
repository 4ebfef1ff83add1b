import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { Page } from 'playwright-core';
import { newProject } from '../e2e/project.ts';
import type { Project } from '../e2e/project.ts';
import { accessibilityFaults } from './accessibility.ts';
import { describeInChromium } from './chromium.ts';

const exporting = `version: 1
name: exporting
stages:
  load-data: { type: load-data, with: { dataset: mnist-10k, split: { train: 4000, validation: 500, test: 500 } } }
  student:
    type: train-student
    needs: { data: load-data }
    with: { model: [flatten, { dense: { units: 32, activation: relu } }, { dense: 10 }], batchSize: 64, epochs: 3 }
  export: { type: export-model, needs: { data: load-data, model: student }, with: { quantization: uint16 } }
`;

describeInChromium('the page beside an exported model, opened from its folder', (browser) => {
  test('gives the logits that TensorFlow.js gives in Node, and reads a drawn digit', async () => {
    const project = await newProject({ 'p.yaml': exporting });
    for (const args of [
      ['run', 'p.yaml'],
      ['get', 'latest', 'export', '-o', 'web'],
    ]) {
      const { exitCode, stdout, stderr } = await project.pipeline(...args);
      expect([exitCode, exitCode === 0 || stdout, stderr]).toEqual([0, true, '']);
    }

    const { page, troubles } = await browser.open();
    await page.goto(pathToFileURL(project.path('web/index.html')).href);
    await page.locator('body[data-state=ready]').waitFor();
    const { shape, values } = await page.evaluate(firstSample);
    const expected = await logitsInNode(project, [1, ...shape], values);
    const shown = await logitsOn(page);
    expect(shown).toHaveLength(10);
    shown.forEach((logit, index) => {
      expect(logit).toBeCloseTo(expected[index]!, 4);
    });
    expect(await page.locator('#answer').innerText()).toBe(String(expected.indexOf(Math.max(...expected))));

    await drawOne(page);
    expect(await page.locator('#answer').innerText()).toBe('1');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(troubles).toEqual([]);
  }, 240_000);
});

/** Runs in the page: what page-model.js holds. */
function firstSample(): { readonly shape: readonly number[]; readonly values: readonly number[] } {
  const { shape, scale, samples } = (
    globalThis as unknown as {
      exportedModel: { shape: number[]; scale: number; samples: { pixels: string }[] };
    }
  ).exportedModel;
  const bytes = Uint8Array.from(atob(samples[0]?.pixels ?? ''), (letter) => letter.charCodeAt(0));
  return { shape, values: Array.from(bytes, (byte) => byte * scale) };
}

async function logitsOn(page: Page): Promise<readonly number[]> {
  return JSON.parse((await page.locator('body').getAttribute('data-logits')) ?? '[]') as number[];
}

async function logitsInNode(project: Project, shape: readonly number[], values: readonly number[]): Promise<number[]> {
  const stock = join(import.meta.dirname, '../distill/layers-model/stock.ts');
  const input = JSON.stringify({ folder: project.path('web'), shape, values });
  const { stdout } = await execa('node', ['--import', 'tsx', stock], { input });
  return JSON.parse(stdout) as number[];
}

async function drawOne(page: Page): Promise<void> {
  const box = await page.locator('#paper').boundingBox();
  const [left, top] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + 50];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left - 15, top + 180, { steps: 20 });
  await page.mouse.up();
}
