/** Trainings with each method, on both backends where the native one is tested: there a step is a graph. */
import { describe, expect, it } from '@jest/globals';
import { lossMethods, lossTypeOf } from '../../../src/distill/losses/registry.ts';
import { train } from '../../../src/distill/train.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { generator } from '../../../src/tensor/random.ts';
import { testedBackend } from '../../tested-backend.ts';
import { farthest } from '../keras.ts';
import { requestOf, shapesOf } from '../rig.ts';

const methods = lossMethods.filter((method) => method !== 'hardLabels');

/** A teacher that knows the labels, and has thoughts of its own on each image. */
function teacherOf(labels: ArrayLike<number>): Float32Array {
  const random = generator(3, 'teacher');
  return Float32Array.from({ length: labels.length * 3 }, (_, index) => {
    return (labels[Math.floor(index / 3)] === index % 3 ? 4 : 0) + 2 * random.normal();
  });
}

const samples = shapesOf(100, 1);
const teacherLogits = teacherOf(samples.labels);

async function trained(
  backend: 'wasm' | 'native',
  method: string,
): Promise<{ losses: number[]; weights: Float32Array; shares: number[] }> {
  await loadBackend(backend);
  const teacher = lossTypeOf({ method }).needsTeacher ? { teacherLogits } : {};
  const request = requestOf({ distillation: { method }, train: samples, epochs: 4, ...teacher });
  const { model, history } = await train(request);
  const weights = model.readWeights();
  model.dispose();
  const shares = history.flatMap((figures) => {
    return Object.keys(figures).flatMap((name) => (name.endsWith('GradientShare') ? [figures[name] ?? NaN] : []));
  });
  return { losses: history.map(({ loss = NaN }) => loss), weights, shares };
}

describe('a training with', () => {
  it.each(methods)('%s comes nearer to what it is after', async (method) => {
    const { losses } = await trained('wasm', method);
    for (const [index, loss] of losses.entries()) expect(loss).toBeLessThan(losses[index - 1] ?? Infinity);
  });

  (testedBackend === 'native' ? it : it.skip).each(methods)('%s is the same on native', async (method) => {
    const wasm = await trained('wasm', method);
    const native = await trained('native', method);
    expect(farthest(native.weights, wasm.weights)).toBeLessThan(1e-4);
    expect(farthest(native.losses, wasm.losses)).toBeLessThan(1e-5);
    expect(farthest(native.shares, wasm.shares)).toBeLessThan(1e-5);
  });
});
