import { expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/base/json.ts';
import { lossFormula, needsTeacher, normalizeDistillation, parseLoss } from '../../../src/distill/losses/loss-spec.ts';

it('writes the defaults of the literature out', () => {
  expect(normalizeDistillation({ method: 'hinton' })).toEqual({
    method: 'hinton',
    temperature: 4,
    alpha: 0.9,
    warmupEpochs: 0,
  });
  expect(normalizeDistillation({ method: 'softTargets' })).toEqual({ method: 'softTargets', temperature: 1 });
  expect(normalizeDistillation({ method: 'hinton', temperature: 20 })).toEqual({
    method: 'hinton',
    temperature: 20,
    alpha: 0.9,
    warmupEpochs: 0,
  });
  expect(normalizeDistillation('dkd')).toEqual({
    method: 'dkd',
    temperature: 4,
    alpha: 1,
    beta: 8,
    labelWeight: 1,
    warmupEpochs: 0,
  });
  expect(normalizeDistillation('logitStandardization')).toEqual({
    method: 'logitStandardization',
    temperature: 2,
    labelWeight: 0.1,
    teacherWeight: 9,
    warmupEpochs: 0,
  });
  expect(normalizeDistillation('mutual')).toEqual({
    method: 'mutual',
    peers: 1,
    temperature: 1,
    peerWeight: 1,
    warmupEpochs: 0,
  });
  expect(normalizeDistillation('labelSmoothing')).toEqual({ method: 'labelSmoothing', smoothing: 0.1 });
});

it.each([
  [{ method: 'hinton' }, ['0.1 · CE(y, p)', '0.9 · 4² · KL(t ‖ s)']],
  [{ method: 'hinton', temperature: 1, alpha: 1 }, ['KL(t ‖ s)']],
  [{ method: 'softTargets', temperature: 2.5 }, ['CE(t, p)']],
  [{ method: 'dkd', alpha: 0, labelWeight: 2 }, ['2 · CE(y, p)', '8 · 4² · KL(q(t) ‖ q(s))']],
  [{ method: 'logitStandardization' }, ['0.1 · CE(y, p)', '9 · 2² · KL(t ‖ s)']],
  [{ method: 'labelSmoothing', smoothing: 0.3 }, ['0.7 · CE(y, p)', '0.3 · CE(u, p)']],
  [{ method: 'mutual' }, ['CE(y, p)', 'KL(t ‖ s)']],
  [{ method: 'mutual', peers: 3, temperature: 2, peerWeight: 0.5 }, ['CE(y, p)', '0.5 · 2² · mean KL(t ‖ s)']],
  [{ method: 'teacherFree' }, ['0.9 · CE(y, p)', '0.1 · 20² · KL(t ‖ s)']],
])('writes %j with its numbers in it', (distillation, terms) => {
  const loss = parseLoss(normalizeDistillation(distillation) as JsonObject);
  expect(lossFormula(loss).terms.map(({ formula }) => formula)).toEqual(terms);
});

it('takes a bare method for its defaults', () => {
  expect(normalizeDistillation('hinton')).toEqual(normalizeDistillation({ method: 'hinton' }));
});

it('leaves alone what it does not understand', () => {
  expect(normalizeDistillation({ method: 'hintn', alpha: 1 })).toEqual({ method: 'hintn', alpha: 1 });
  expect(normalizeDistillation(3)).toBe(3);
});

it('is hard labels without distillation, which needs no teacher', () => {
  expect(parseLoss(undefined)).toEqual({ method: 'hardLabels' });
  expect(needsTeacher({ method: 'hardLabels' })).toBe(false);
  expect(needsTeacher({ method: 'softTargets', temperature: 1 })).toBe(true);
});
