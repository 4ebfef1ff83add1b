import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/base/json.ts';
import {
  lossFactors,
  lossFormula,
  lossReadsTotal,
  normalizeDistillation,
  parseLoss,
} from '../../../src/distill/losses/loss-spec.ts';
import type { LossSpec } from '../../../src/distill/losses/loss-spec.ts';
import { rampAt, scheduleReadsTotal, valueAt } from '../../../src/distill/losses/schedule.ts';
import type { Scheduled } from '../../../src/distill/losses/schedule.ts';
import { train } from '../../../src/distill/train.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { testedBackend } from '../../tested-backend.ts';
import { farthest } from '../keras.ts';
import { requestOf } from '../rig.ts';

const lossOf = (distillation: JsonObject): LossSpec => parseLoss(normalizeDistillation(distillation) as JsonObject);

describe('a scheduled number', () => {
  it.each<[Scheduled, number[]]>([
    [4, [4, 4, 4, 4]],
    [{ linear: { from: 20, to: 4 } }, [20, 16, 12, 4]],
    [{ linear: { from: 0, to: 1, epochs: 4 } }, [0, 0.5, 1, 1]],
    [{ cosine: { from: 20, to: 4 } }, [20, 12 + 8 * Math.SQRT1_2, 12, 4]],
    [{ piecewiseConstant: { boundaries: [2, 4], values: [20, 4, 1] } }, [20, 4, 1, 1]],
  ])('%j', (scheduled, expected) => {
    for (const [index, epoch] of [0, 2, 4, 8].entries()) {
      expect(valueAt(scheduled, { epoch, epochs: 8 })).toBeCloseTo(expected[index] ?? NaN, 12);
    }
  });

  it('depends on the whole training where it does not say how many epochs it takes', () => {
    expect(scheduleReadsTotal({ linear: { from: 1, to: 2 } })).toBe(true);
    expect(scheduleReadsTotal({ cosine: { from: 1, to: 2, epochs: 3 } })).toBe(false);
    expect(lossReadsTotal(lossOf({ method: 'hinton', alpha: { linear: { from: 1, to: 0 } } }))).toBe(true);
    expect(lossReadsTotal(lossOf({ method: 'hinton', warmupEpochs: 5 }))).toBe(false);
  });
});

describe('a loss that changes', () => {
  const rising = lossOf({ method: 'hinton', temperature: { linear: { from: 20, to: 4 } }, alpha: 0.5 });

  it('has the factors of its options at each moment', () => {
    for (const [epoch, temperature] of [
      [0, 20],
      [4, 12],
      [8, 4],
    ] as const) {
      expect(lossFactors(rising, { epoch, epochs: 8 })).toEqual(
        lossFactors({ method: 'hinton', temperature, alpha: 0.5 }),
      );
    }
  });

  it('warms up: in the k-th epoch the teacher has k parts of its weight, and the labels all of theirs', () => {
    expect([0, 0.9, 1, 4.5, 20].map((epoch) => rampAt(5, { epoch, epochs: 30 }))).toEqual([0.2, 0.2, 0.4, 1, 1]);
    const warm = lossOf({ method: 'dkd', warmupEpochs: 4 });
    const cold = lossFactors(warm, { epoch: 1.5, epochs: 8 });
    const whole = lossFactors(warm, { epoch: 4, epochs: 8 });
    expect(cold['labels']).toBe(whole['labels']);
    for (const name of ['label', 'labelSlope', 'others', 'othersSlope']) {
      expect(cold[name]).toBeCloseTo((whole[name] ?? NaN) / 2, 12);
    }
  });

  it('is written with letters', () => {
    const { terms, where } = lossFormula(
      lossOf({
        method: 'hinton',
        temperature: { cosine: { from: 20, to: 4, epochs: 3 } },
        alpha: { piecewiseConstant: { boundaries: [5], values: [1, 0.5] } },
        warmupEpochs: 2,
      }),
    );
    expect(terms.map(({ formula }) => formula)).toEqual(['(1 − α) · CE(y, p)', 'r · α · T² · KL(t ‖ s)']);
    expect(where.slice(1)).toEqual([
      's = softmax(z / T)',
      't = softmax(v / T)',
      'T goes from 20 to 4 along half a cosine over the first 3 epochs',
      'α is 1, then 0.5 from epoch 6',
      'r = k / 2 in the k-th epoch, at most 1',
    ]);
  });
});

describe('a training with a schedule', () => {
  const teacherLogits = Float32Array.from({ length: 300 }, (_, index) => 4 * Math.sin(7 * index));
  const trained = async (distillation: JsonObject, epochs = 3) => {
    const { model, history } = await train(requestOf({ distillation, teacherLogits, epochs }));
    const weights = model.readWeights();
    model.dispose();
    return { weights, history };
  };

  it('that stays where it is trains as without one', async () => {
    await loadBackend(testedBackend);
    const plain = await trained({ method: 'dkd', temperature: 4 });
    const scheduled = await trained({ method: 'dkd', temperature: { linear: { from: 4, to: 4 } } });
    expect(farthest(scheduled.weights, plain.weights)).toBeLessThan(1e-5);
    expect(scheduled.history[2]?.['temperature']).toBe(4);
  });

  it('takes each epoch as a training with the numbers of that epoch would', async () => {
    await loadBackend(testedBackend);
    const pieces = { piecewiseConstant: { boundaries: [1, 2], values: [8, 2, 1] } };
    const { weights, history } = await trained({ method: 'hinton', temperature: pieces });
    expect(history.map(({ temperature }) => temperature)).toEqual([8, 2, 1]);
    const first = await trained({ method: 'hinton', temperature: 8 });
    expect(history[0]?.['loss']).toBeCloseTo(first.history[0]?.['loss'] ?? NaN, 4);
    expect(farthest(weights, first.weights)).toBeGreaterThan(1e-3);
  });

  (testedBackend === 'native' ? it : it.skip).each<JsonObject>([
    { method: 'hinton', temperature: { linear: { from: 20, to: 1 } }, alpha: { cosine: { from: 0.2, to: 0.9 } } },
    { method: 'dkd', beta: { linear: { from: 0, to: 8 } }, warmupEpochs: 3 },
    { method: 'logitStandardization', temperature: { linear: { from: 4, to: 1 } }, warmupEpochs: 2 },
    { method: 'teacherFree', alpha: { linear: { from: 0, to: 1 } } },
  ])('%j is the same on native, where a step is a graph', async (distillation) => {
    await loadBackend('wasm');
    const wasm = await trained(distillation);
    await loadBackend('native');
    const native = await trained(distillation);
    expect(farthest(native.weights, wasm.weights)).toBeLessThan(1e-4);
  });
});
