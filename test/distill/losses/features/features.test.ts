/** Values and gradients are PyTorch's; test/fixtures/pytorch/features.py computed them. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyFeatureSpec } from '../../../../src/distill/losses/features/feature-type.ts';
import { featureTypeOf } from '../../../../src/distill/losses/features/registry.ts';
import { loadBackend } from '../../../../src/tensor/backend.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { testedBackend } from '../../../tested-backend.ts';
import { expectClose, tensorOf } from '../../golden.ts';
import type { Numbers } from '../../golden.ts';

interface Case {
  readonly spec: AnyFeatureSpec;
  readonly student: Numbers;
  readonly teacher: Numbers;
  readonly loss: number;
  readonly gradient: Numbers;
  readonly regressor?: Readonly<Record<'kernel' | 'bias' | 'kernelGradient' | 'biasGradient', Numbers>>;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../fixtures/pytorch/features.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe.each(cases.map((each) => [title(each), each] as const))('%s', (_, each) => {
  it("has PyTorch's value and gradients", () => {
    const { spec, regressor } = each;
    tf.tidy(() => {
      const teacher = tensorOf(each.teacher);
      const inputs = [each.student, ...(regressor === undefined ? [] : [regressor.kernel, regressor.bias])];
      const loss = (student: tf.Tensor, kernel?: tf.Tensor, bias?: tf.Tensor): tf.Tensor => {
        const project = (rows: tf.Tensor2D): tf.Tensor2D =>
          kernel === undefined || bias === undefined ? rows : tf.add(tf.matMul(rows, kernel), bias);
        return featureTypeOf(spec).loss(tf, { spec, student, teacher, project });
      };
      const found = tf.valueAndGrads(loss)(inputs.map(tensorOf));
      expectClose(found.value.dataSync(), [each.loss]);
      const expected = [
        each.gradient,
        ...(regressor === undefined ? [] : [regressor.kernelGradient, regressor.biasGradient]),
      ];
      for (const [index, { values }] of expected.entries()) {
        expectClose(found.grads[index]?.dataSync() ?? [], values, TOLERANCE);
      }
    });
  });

  it('needs the regressor that it was given', () => {
    const [student, teacher] = [each.student, each.teacher].map(({ shape }) => shape.slice(1));
    const sizes = featureTypeOf(each.spec).regressor?.(student ?? [], teacher ?? []);
    const given = each.regressor?.kernel.shape;
    expect(sizes === undefined ? undefined : [sizes.from, sizes.to]).toEqual(given);
  });
});

/** Of the largest number of a gradient, in float32. */
const TOLERANCE = 5e-5;

describe.each(['hint', 'attentionTransfer', 'relational', 'similarityPreserving', 'pkt'])('%s', (method) => {
  const spec = { ...featureTypeOf({ method }).defaults, method, weight: 1, student: 'a', teacher: 'b' };
  const images = method === 'attentionTransfer' || method === 'hint';
  const gradientAt = (student: tf.Tensor, teacher: tf.Tensor): number[] =>
    tf.tidy(() => {
      const loss = (x: tf.Tensor): tf.Tensor =>
        featureTypeOf(spec).loss(tf, { spec, student: x, teacher, project: (rows) => rows });
      const { value, grad } = tf.valueAndGrad(loss)(student);
      return [...value.dataSync(), ...grad.dataSync()];
    });

  it.each([
    ['a batch of one', 1, 0.5],
    ['features that are all 0', 4, 0],
  ])('has numbers of %s', (_, batch, value) => {
    const shape = images ? [batch, 2, 2, 3] : [batch, 12];
    const teacher = tf.tensor(
      Float32Array.from({ length: batch * 12 }, (__, index) => index % 5),
      shape,
    );
    const numbers = gradientAt(tf.fill(shape, value), teacher);
    expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
  });

  it('has gradients of ordinary size where two samples are the same', () => {
    const shape = images ? [4, 2, 2, 3] : [4, 12];
    const twice = Float32Array.from({ length: 48 }, (_, index) => ((index % 24) * 7) % 11);
    const teacher = tf.tensor(
      Float32Array.from({ length: 48 }, (_, index) => (index * 5) % 13),
      shape,
    );
    const [, ...slopes] = gradientAt(tf.tensor(twice, shape), teacher);
    expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(10);
  });

  it('is 0 where both are the same', () => {
    const shape = images ? [4, 2, 2, 3] : [4, 12];
    const same = tf.tensor(
      Float32Array.from({ length: 48 }, (_, index) => (index * 7) % 11),
      shape,
    );
    expect(gradientAt(same, tf.clone(same))[0]).toBeCloseTo(0, 6);
  });
});

function title({ spec, student, teacher, regressor }: Case): string {
  const shapes = `${student.shape.join('×')} to ${teacher.shape.join('×')}`;
  return `${JSON.stringify(spec)} ${shapes}${regressor === undefined ? '' : ', with a regressor'}`;
}
