import { describe, expect, it } from '@jest/globals';
import { calibration } from '../../src/distill/calibration.ts';
import { evaluateLogits } from '../../src/distill/evaluate.ts';
import { golden } from '../statistics.ts';

describe('calibration', () => {
  it.each(golden.calibration)('is that of scikit-learn for $classes classes', (expected) => {
    const logits = Float32Array.from(expected.logits);
    const { ece, brier } = calibration(logits, expected.labels, expected.classes);
    expect(ece).toBeCloseTo(expected.ece, 12);
    expect(brier).toBeCloseTo(expected.brier, 12);
    const { accuracy, loss } = evaluateLogits(logits, expected.labels, expected.classes);
    expect(accuracy).toBeCloseTo(expected.accuracy, 12);
    expect(loss).toBeCloseTo(expected.loss, 12);
  });

  it('is none of a model that is sure and right, and all of one that is sure and wrong', () => {
    const sure = Float32Array.from([100, 0, 0, 0, 100, 0]);
    expect(calibration(sure, [0, 1], 3)).toEqual({ ece: expect.closeTo(0), brier: expect.closeTo(0) });
    expect(calibration(sure, [1, 2], 3)).toEqual({ ece: expect.closeTo(1), brier: expect.closeTo(2) });
  });
});
