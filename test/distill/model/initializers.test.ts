import { describe, expect, it } from '@jest/globals';
import { fillInitial } from '../../../src/distill/model/initializers.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { layerTypeOf } from '../../../src/distill/model/layers/registry.ts';
import { generator } from '../../../src/tensor/random.ts';
import { golden } from '../golden.ts';

describe('initialisers have the statistics of Keras', () => {
  it.each(golden.initializers.map((entry) => [entry.initializer, entry.shape, entry] as const))(
    '%s %j',
    (initializer, shape, { deviation, largest }) => {
      const out = new Float32Array(shape.reduce((product, size) => product * size, 1));
      const { fans } = kernelOf(shape);
      fillInitial(out, initializer, fans, generator(1, 'test', initializer));
      const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
      const variance = out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length;
      expect(mean).toBeCloseTo(initializer === 'ones' ? 1 : 0, 2);
      expect(Math.sqrt(variance)).toBeLessThanOrEqual(deviation * 1.02);
      expect(Math.sqrt(variance)).toBeGreaterThanOrEqual(deviation * 0.98);
      // A bound of the distribution, which so many draws come near.
      const most = out.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(most).toBeLessThanOrEqual(largest * 1.002);
      expect(most).toBeGreaterThanOrEqual(largest * 0.998);
    },
  );
});

/** The fans of a layer whose kernel has this shape. */
function kernelOf(shape: readonly number[]) {
  const [units] = shape.slice(-1);
  const layer =
    shape.length === 2 ? { dense: units ?? 0 } : { conv2d: { filters: units ?? 0, kernelSize: shape.slice(0, 2) } };
  const [spec] = parseLayers(normalizeModel([layer]));
  if (spec === undefined) throw new Error('no layer');
  const input = shape.length === 2 ? shape.slice(0, 1) : [9, 9, ...shape.slice(2, 3)];
  const [kernel] = layerTypeOf(spec).weights?.(spec, input) ?? [];
  if (kernel?.fans === undefined) throw new Error('no kernel');
  expect(kernel.shape).toEqual(shape);
  return { fans: kernel.fans };
}
