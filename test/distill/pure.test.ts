import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { build } from 'esbuild';

it.each([
  'model/layer-spec.ts',
  'model/shapes.ts',
  'losses/loss-spec.ts',
  'optimizers/optimizer-spec.ts',
  'evaluate.ts',
])('planning can load %s without TensorFlow', async (file) => {
  const entry = fileURLToPath(new URL(`../../src/distill/${file}`, import.meta.url));
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((input) => input.endsWith(file))).toBe(true);
  expect(inputs.filter((input) => input.includes('src/tensor/'))).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))).toEqual([]);
});
