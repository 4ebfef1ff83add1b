import { expect, it } from '@jest/globals';
import { normalizeOptimizer, parseOptimizer, readsTotal } from '../../../src/distill/optimizers/optimizer-spec.ts';

const adam = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };

it('writes the defaults of Keras out, once', () => {
  expect(normalizeOptimizer('adam')).toEqual(adam);
  expect(normalizeOptimizer({ adam: {} })).toEqual(adam);
  expect(normalizeOptimizer({ adam: null })).toEqual(adam);
  expect(normalizeOptimizer(adam)).toEqual(adam);
  expect(normalizeOptimizer({ sgd: { momentum: 0.9 } })).toEqual({
    sgd: { learningRate: 0.01, momentum: 0.9, nesterov: false },
  });
});

it('writes schedules out, too', () => {
  const sgd = normalizeOptimizer({ sgd: { learningRate: { cosineDecay: { initialLearningRate: 1 } } } });
  expect(sgd).toMatchObject({ sgd: { learningRate: { cosineDecay: { initialLearningRate: 1, alpha: 0 } } } });
  expect(readsTotal(parseOptimizer(sgd))).toBe(true);
  expect(readsTotal(parseOptimizer(adam))).toBe(false);
});

it('leaves alone what it does not understand', () => {
  expect(normalizeOptimizer({ adamm: { a: 1 } })).toEqual({ adamm: { a: 1 } });
  expect(normalizeOptimizer({ adam: 3 })).toEqual({ adam: 3 });
  expect(normalizeOptimizer(null)).toBe(null);
});
