import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';

/** Large enough to be worth keeping, with a mistake in one stage that is found after parsing. */
const large = [
  'version: 1',
  'name: large',
  'stages:',
  ...Array.from({ length: 600 }, (_, i) => {
    const more = i === 321 ? ', spilt: 1' : '';
    return `  load-${i}: { type: load-data, with: { dataset: mnist-10k${more} } }`;
  }),
  '',
].join('\n');

test('what a large definition was parsed to is kept, and says the same: places, too', async () => {
  const project = await newProject({ 'p.yaml': large, 'q.yaml': large.replace(', spilt: 1', '') });
  // Makes the store.
  expect((await project.pipeline('plan', 'q.yaml')).exitCode).toBe(0);
  const first = await project.pipeline('plan', 'p.yaml');
  expect(first.stderr).toContain('p.yaml:325:60');
  const folder = project.path('artifacts/parsed');
  const kept = readdirSync(folder);
  expect(kept).toHaveLength(1);
  expect(await project.pipeline('plan', 'p.yaml')).toEqual(first);

  const file = `${folder}/${kept[0] ?? ''}`;
  const bytes = readFileSync(file);
  for (const damage of [bytes.subarray(0, 40), bytes.subarray(0, -1), flipped(bytes, 5000), Buffer.alloc(0)]) {
    writeFileSync(file, damage);
    expect(await project.pipeline('plan', 'p.yaml')).toEqual(first);
    expect(readFileSync(file)).toEqual(bytes);
  }

  await project.write('p.yaml', large.replace(', spilt: 1', '').replace('load-100:', 'load-100 :'));
  expect((await project.pipeline('plan', 'p.yaml')).exitCode).toBe(0);
}, 60_000);

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
