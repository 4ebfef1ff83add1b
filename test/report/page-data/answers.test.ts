import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calibration } from '../../../src/distill/calibration.ts';
import { filterSamples, mostTelling, sampleAnswers } from '../../../src/report/page-data/answers.ts';
import { reliabilityOf } from '../../../src/report/page-data/reliability.ts';
import { chooseImages } from '../../../src/report/page-data/shown-images.ts';

/** Four images of two classes. The student is wrong on the second and on the last, the teacher on the last alone. */
const answers = {
  classes: 2,
  labels: Uint8Array.of(0, 1, 0, 1),
  logits: new Map([
    ['teacher', Float32Array.of(4, 0, 0, 1, 2, 0, 3, 0)],
    ['student', Float32Array.of(1, 0, 2, 0, 1, 0, 5, 0)],
  ]),
};

test('samples are found by their class, by who is wrong, and by who differs', () => {
  expect(filterSamples(answers, {})).toEqual([0, 1, 2, 3]);
  expect(filterSamples(answers, { label: 1 })).toEqual([1, 3]);
  expect(filterSamples(answers, { wrong: 'student' })).toEqual([1, 3]);
  expect(filterSamples(answers, { differ: ['teacher', 'student'] })).toEqual([1]);
  expect(filterSamples(answers, { wrong: 'student', differ: ['teacher', 'student'], label: 0 })).toEqual([]);
  expect(filterSamples(answers, { wrong: 'nobody' })).toEqual([]);
  expect(filterSamples(answers, { differ: ['teacher', 'nobody'] })).toEqual([]);
});

test('a sample has what each model says to it', () => {
  expect(sampleAnswers(answers, 1)).toEqual({ index: 1, label: 1, logits: { teacher: [0, 1], student: [2, 0] } });
});

test('of each class, what tells most is right and least sure', () => {
  expect(mostTelling(answers, { model: 'teacher', temperature: 4, perClass: 1 })).toEqual([2, 1]);
  expect(mostTelling(answers, { model: 'teacher', temperature: 4, perClass: 9 })).toEqual([2, 0, 1]);
});

test('images are chosen with the surest contradiction first, and counted in all', () => {
  const more = {
    classes: 2,
    labels: Uint8Array.of(0, 0, 0),
    logits: new Map([
      ['teacher', Float32Array.of(1, 0, 1, 0, 1, 0)],
      ['student', Float32Array.of(0, 1, 0, 3, 0, 2)],
    ]),
  };
  const common = { stage: 'evaluate', split: 'test', shape: [1, 1, 1], teacher: 'teacher', student: 'student' };
  const chosen = chooseImages({ ...common, answers: more, most: { telling: 2, differing: 2 } });
  expect(chosen.differing.map(({ index }) => index)).toEqual([1, 2]);
  expect(chosen).toMatchObject({ differingCount: 3, count: 3, split: 'test' });
});

test('bins add up to the calibration error of the scorecard', () => {
  const row = fc.tuple(fc.float({ min: -9, max: 9, noNaN: true }), fc.float({ min: -9, max: 9, noNaN: true }));
  const sample = fc.record({ row, label: fc.integer({ min: 0, max: 1 }) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 40 }), (samples) => {
      const logits = Float32Array.from(samples.flatMap((each) => each.row));
      const labels = Uint8Array.from(samples.map(({ label }) => label));
      const bins = reliabilityOf(logits, { classes: 2, labels, logits: new Map() });
      const ece = bins.reduce(
        (sum, { count, accuracy, confidence }) =>
          sum + (count / samples.length) * Math.abs((accuracy ?? 0) - (confidence ?? 0)),
        0,
      );
      expect(ece).toBeCloseTo(calibration(logits, labels, 2).ece, 6);
    }),
  );
});
