import { beforeAll, expect, test } from '@jest/globals';
import { measureLatency } from '../../src/distill/latency.ts';
import type { Latency } from '../../src/core/latency.ts';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../src/distill/model/model.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { memory } from '../../src/tensor/tf.ts';

beforeAll(async () => {
  await loadBackend('wasm');
});

test('a latency is of many rounds, and of the larger model longer', async () => {
  const before = memory().numTensors;
  const measured: Latency[] = [];
  for (const units of [8, 2048]) {
    const layers = normalizeModel(['flatten', { dense: { units, activation: 'relu' } }, { dense: 10 }]);
    const model = buildModel(parseLayers(layers), [28, 28, 1], 1);
    const { signal } = new AbortController();
    measured.push(await measureLatency(model, { batch: 4, seconds: 0.2, signal }));
    model.dispose();
  }
  const [small, large] = measured;
  if (small === undefined || large === undefined) throw new Error('nothing was measured');
  for (const { batch, rounds, shortest, milliseconds, longest } of [small, large]) {
    expect(batch).toBe(4);
    expect(rounds).toBeGreaterThanOrEqual(5);
    expect(shortest).toBeGreaterThan(0);
    expect(milliseconds).toBeGreaterThanOrEqual(shortest);
    expect(longest).toBeGreaterThanOrEqual(milliseconds);
  }
  // 250 times the weights: by how much longer, depends on what else the machine does.
  expect(large.shortest).toBeGreaterThan(small.shortest);
  expect(memory().numTensors).toBe(before);
});
