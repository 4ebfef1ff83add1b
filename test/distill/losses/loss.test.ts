import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { meanKl } from '../../../src/distill/evaluate.ts';
import { batchLoss } from '../../../src/distill/losses/loss.ts';
import { peerCount } from '../../../src/distill/losses/loss-spec.ts';
import type { LossSpec } from '../../../src/distill/losses/loss-spec.ts';
import { lossMethods } from '../../../src/distill/losses/registry.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose, type Golden, golden, tensorOf } from '../golden.ts';
import { testedBackend } from '../../tested-backend.ts';

const { logits, teacher, labels, cases } = golden.losses;
const [batch = 0, classes = 0] = logits.shape;

/** What PyTorch computed; losses.py beside it made it. */
const pytorch = JSON.parse(
  readFileSync(new URL('../../fixtures/pytorch/losses.json', import.meta.url), 'utf8'),
) as Golden['losses'];

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe('losses against Keras in float64', () => {
  it.each(cases.map((entry) => [JSON.stringify(entry.spec), entry] as const))('%s', (_, { spec, loss, gradient }) => {
    const result = lossAndGradient(spec, [...logits.values], [...teacher.values], labels);
    expectClose([result.loss], [loss]);
    expectClose(result.gradient, gradient.values);
  });
});

describe('losses against PyTorch in float64', () => {
  const [, width = 0] = pytorch.logits.shape;

  it.each(pytorch.cases.map((entry) => [JSON.stringify(entry.spec), entry] as const))('%s', (_, entry) => {
    const [z, t] = [[...pytorch.logits.values], [...pytorch.teacher.values]];
    const peers = pytorch.peers?.map(({ values }) => [...values]);
    const result = lossAndGradient(entry.spec, z, t, pytorch.labels, width, peers);
    expectClose([result.loss], [entry.loss]);
    expectClose(result.gradient, entry.gradient.values);
  });

  it('are of every method', () => {
    const methods = new Set([...cases, ...pytorch.cases].map(({ spec }) => spec.method));
    expect([...methods].sort()).toEqual(lossMethods.toSorted());
  });
});

describe('losses', () => {
  const spec = { method: 'hinton', temperature: 3, alpha: 0.7 } as const;

  it('have the gradient of finite differences', () => {
    const { gradient } = lossAndGradient(spec, [...logits.values], [...teacher.values], labels);
    const step = 0.05;
    const differences = logits.values.map((_, index) => {
      const [above = 0, below = 0] = [step, -step].map((shift) => {
        const moved = logits.values.map((value, other) => (other === index ? value + shift : value));
        return lossAndGradient(spec, moved, [...teacher.values], labels).loss;
      });
      return (above - below) / (2 * step);
    });
    expectClose(gradient, differences, 2e-3);
  });

  it('pass the gradient of what follows them on', () => {
    const z = tf.tensor2d([...logits.values], [batch, classes]);
    const targets = { labels: oneHot(labels), teacherLogits: tf.tensor2d([...teacher.values], [batch, classes]) };
    const once = tf.grad((x) => batchLoss(spec, x as tf.Tensor2D, targets))(z);
    const thrice = tf.grad((x) => tf.mul(batchLoss(spec, x as tf.Tensor2D, targets), 3))(z);
    expectClose(thrice.dataSync(), tf.mul(once, 3).dataSync());
  });

  it('divide a divergence by the batch alone, not by the classes as well (the default reduction of PyTorch)', () => {
    const whole = { method: 'hinton', temperature: 1, alpha: 1 } as const;
    const { loss } = lossAndGradient(whole, [...logits.values], [...teacher.values], labels);
    const expected = meanKl(Float32Array.from(teacher.values), Float32Array.from(logits.values), classes);
    expectClose([loss], [expected]);
  });

  it('soften both sides and multiply by T², where the string "kl_divergence" of Keras does neither', () => {
    const soft = { method: 'hinton', temperature: 5, alpha: 1 } as const;
    const { loss } = lossAndGradient(soft, [...logits.values], [...teacher.values], labels);
    const divergence = meanKl(Float32Array.from(teacher.values), Float32Array.from(logits.values), classes, 5);
    expectClose([loss], [25 * divergence]);
  });

  it('keep the gradient in size when T grows: it tends to (z − v) / classes (arXiv 1503.02531, equation 4)', () => {
    const centred = (values: readonly number[]): number[] => {
      return values.map((value, index) => {
        const row = values.slice(index - (index % classes), index - (index % classes) + classes);
        return value - row.reduce((sum, other) => sum + other, 0) / classes;
      });
    };
    const hot = { method: 'hinton', temperature: 300, alpha: 1 } as const;
    const { gradient } = lossAndGradient(hot, [...logits.values], [...teacher.values], labels);
    const v = centred(teacher.values);
    const limit = centred(logits.values).map((z, index) => (z - (v[index] ?? 0)) / (classes * batch));
    expectClose(gradient, limit, 0.03);
  });

  it('are finite for logits far apart', () => {
    for (const { spec: method } of [...cases, ...pytorch.cases]) {
      const { loss, gradient } = lossAndGradient(method, [2000, -2000, 0], [-2000, 2000, 0], [2], 3, [
        [-2000, 2000, 0],
        [0, 2000, -2000],
      ]);
      expect(Number.isFinite(loss)).toBe(true);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
  });

  it('are finite for logits that are all the same, which have no deviation to be divided by', () => {
    const standardized = {
      method: 'logitStandardization',
      temperature: 2,
      labelWeight: 0.1,
      teacherWeight: 9,
    } as const;
    const { loss, gradient } = lossAndGradient(standardized, [1, 1, 1], [0, 0, 0], [2], 3);
    expect(Number.isFinite(loss)).toBe(true);
    // That of the labels is left.
    expectClose(gradient, [0.1 / 3, 0.1 / 3, -0.2 / 3]);
  });

  it('refuse to go without the teacher or the students that they need', () => {
    const z = tf.zeros<tf.Rank.R2>([batch, classes]);
    expect(() => batchLoss(spec, z, { labels: oneHot(labels) })).toThrow('teacher');
    const mutual = { method: 'mutual', peers: 1, temperature: 1, peerWeight: 1 } as const;
    expect(() => batchLoss(mutual, z, { labels: oneHot(labels) })).toThrow('other students');
  });
});

function lossAndGradient(
  spec: LossSpec,
  student: number[],
  teacherLogits: number[],
  of: readonly number[],
  width = classes,
  peers = [teacherLogits],
): { loss: number; gradient: Float32Array } {
  return tf.tidy(() => {
    const tensor = (values: number[]): tf.Tensor2D => tf.tensor2d(values, [of.length, width]);
    const targets = {
      labels: oneHot(of, width),
      teacherLogits: tensor(teacherLogits),
      peerLogits: peers.slice(0, peerCount(spec)).map(tensor),
    };
    const z = tf.tensor2d(student, [of.length, width]);
    const { value, grad } = tf.valueAndGrad((x) => batchLoss(spec, x as tf.Tensor2D, targets))(z);
    return { loss: value.dataSync()[0] ?? NaN, gradient: grad.dataSync<'float32'>().slice() };
  });
}

function oneHot(of: readonly number[], width = classes): tf.Tensor2D {
  return tensorOf({
    shape: [of.length, width],
    values: of.flatMap((label) => Array.from({ length: width }, (_, index) => (index === label ? 1 : 0))),
  }) as tf.Tensor2D;
}
