import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../src/tensor/backend.ts';
import { adamUpdate, rmspropUpdate, sgdUpdate } from '../../src/tensor/optimizer-kernels.ts';
import * as tf from '../../src/tensor/tf.ts';
import { expectClose, expectNoLeak, values } from './numeric.ts';
import { testedBackend } from '../tested-backend.ts';

const SIZE = 11;
const start = (): Float64Array => Float64Array.from(values('w', [SIZE]).dataSync());
const gradientAt = (step: number): tf.Tensor => values(`g${step}`, [SIZE]);

describe.each([testedBackend, 'cpu'] as const)(
  "Keras' formulas on %s, against the same in double precision",
  (backend) => {
    beforeAll(() => loadBackend(backend));

    test('Adam', () => {
      const h = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
      const [w, m, v] = variables(3);
      const expected = start();
      const [em, ev] = [new Float64Array(SIZE), new Float64Array(SIZE)];
      for (let step = 1; step <= 5; step++) {
        const g = gradientAt(step);
        adamUpdate(w, g, { m, v }, { ...h, step });
        const alpha = (h.learningRate * Math.sqrt(1 - h.beta2 ** step)) / (1 - h.beta1 ** step);
        g.dataSync().forEach((gradient, i) => {
          em[i]! += (gradient - em[i]!) * (1 - h.beta1);
          ev[i]! += (gradient ** 2 - ev[i]!) * (1 - h.beta2);
          expected[i]! -= (em[i]! * alpha) / (Math.sqrt(ev[i]!) + h.epsilon);
        });
      }
      expectClose(w.dataSync(), expected, 1e-6);
      expectClose(m.dataSync(), em, 1e-6);
      // TensorFlow takes 1 − β₂ in single precision.
      expectClose(v.dataSync(), ev, backend === 'native' ? 2e-5 : 1e-5);
    });

    test.each([
      { momentum: 0, nesterov: false },
      { momentum: 0.9, nesterov: false },
      { momentum: 0.9, nesterov: true },
    ])('SGD, %j', ({ momentum, nesterov }) => {
      const [w, slot] = variables(2);
      const expected = start();
      const em = new Float64Array(SIZE);
      for (let step = 1; step <= 5; step++) {
        const g = gradientAt(step);
        sgdUpdate(w, g, momentum === 0 ? {} : { momentum: slot }, { learningRate: 0.1, momentum, nesterov });
        g.dataSync().forEach((gradient, i) => {
          em[i] = momentum * em[i]! - 0.1 * gradient;
          expected[i]! += nesterov ? momentum * em[i] - 0.1 * gradient : em[i];
        });
      }
      expectClose(w.dataSync(), expected, 1e-6);
    });

    test.each([
      { momentum: 0, centered: false },
      { momentum: 0.9, centered: true },
    ])('RMSprop, %j', ({ momentum, centered }) => {
      const h = { learningRate: 0.01, rho: 0.9, momentum, epsilon: 1e-7, centered };
      const [w, meanSquare, momentumSlot, meanGrad] = variables(4);
      const slots = {
        meanSquare,
        ...(momentum === 0 ? {} : { momentum: momentumSlot }),
        ...(centered ? { meanGrad } : {}),
      };
      const expected = start();
      const [es, em, eg] = [new Float64Array(SIZE), new Float64Array(SIZE), new Float64Array(SIZE)];
      for (let step = 1; step <= 5; step++) {
        const g = gradientAt(step);
        rmspropUpdate(w, g, slots, h);
        g.dataSync().forEach((gradient, i) => {
          es[i] = h.rho * es[i]! + (1 - h.rho) * gradient ** 2;
          eg[i] = h.rho * eg[i]! + (1 - h.rho) * gradient;
          const denominator = es[i] + h.epsilon - (centered ? eg[i] ** 2 : 0);
          em[i] = momentum * em[i]! + (h.learningRate * gradient) / Math.sqrt(denominator);
          expected[i]! -= em[i];
        });
      }
      expectClose(w.dataSync(), expected, 1e-5);
    });

    test('tensors that share the data of a variable keep their values', () => {
      const [w, m, v] = variables(3);
      const before = tf.reshape(w, [1, SIZE]);
      const old = Array.from(before.dataSync());
      adamUpdate(w, gradientAt(1), { m, v }, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 });
      sgdUpdate(w, gradientAt(2), { momentum: m }, { learningRate: 0.1, momentum: 0.9, nesterov: true });
      expect(Array.from(before.dataSync())).toEqual(old);
      expect(Array.from(w.dataSync())).not.toEqual(old);
    });

    test('nothing is left behind, and the gradient is still there', () => {
      const [w, a, b, c] = variables(4);
      const g = gradientAt(1);
      expectNoLeak(() => {
        adamUpdate(w, g, { m: a, v: b }, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 });
        sgdUpdate(w, g, { momentum: a }, { learningRate: 0.1, momentum: 0.9, nesterov: false });
        const h = { learningRate: 0.1, rho: 0.9, momentum: 0.9, epsilon: 1e-7, centered: true };
        rmspropUpdate(w, g, { meanSquare: b, momentum: a, meanGrad: c }, h);
      });
      expect(g.isDisposed).toBe(false);
    });

    test('a gradient of another shape is refused', () => {
      const [w, m, v] = variables(3);
      const h = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 };
      expect(() => {
        adamUpdate(w, tf.ones([SIZE + 1]), { m, v }, h);
      }).toThrow('does not fit');
    });
  },
);

/** The first holds the start values, the others zeros. */
function variables(count: number): [tf.Variable, tf.Variable, tf.Variable, tf.Variable] {
  const made = Array.from({ length: count }, (_, i) => tf.variable(i === 0 ? values('w', [SIZE]) : tf.zeros([SIZE])));
  return made as [tf.Variable, tf.Variable, tf.Variable, tf.Variable];
}
