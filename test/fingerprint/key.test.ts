import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { StageType } from '../../src/core/stage-type.ts';
import { digestOf, stageKey } from '../../src/fingerprint/key.ts';
import type { PreimageParts } from '../../src/fingerprint/preimage.ts';
import { resumeKey } from '../../src/fingerprint/resume-key.ts';
import { digest, environment, options, preimage, trainStudent } from './samples.ts';

describe('stageKey', () => {
  // Computed with Python: hashlib.sha256 of the purpose, the length and json.dumps(…, sort_keys=True, separators=(',', ':')).
  it('is what it was in the last release: results out there lie under such keys', () => {
    expect(stageKey(preimage())).toBe('0af958412ad420d8f307de7e7ca52088f947da2e0309c51e057437f5af58f1a0');
  });

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(options).reverse());
    expect(stageKey(preimage({ options: reversed }))).toBe(stageKey(preimage()));
  });

  it.each<[string, Partial<PreimageParts>]>([
    ['the stage type', { type: { ...trainStudent, name: 'train-teacher' } }],
    ['what its options mean', { type: { ...trainStudent, version: 3 } }],
    ['its code', { type: { ...trainStudent, code: digest('changed code') } }],
    ['an option', { options: { ...options, epochs: 6 } }],
    ['an option that is a text and no number', { options: { ...options, epochs: '5' } }],
    ['the order of layers', { options: { ...options, model: [...(options['model'] as readonly string[])].reverse() } }],
    ['the content of an input', { inputs: { data: digest('other'), softLabels: digest('labels') } }],
    ['which input is in which slot', { inputs: { data: digest('labels'), softLabels: digest('data') } }],
    ['an input less', { inputs: { data: digest('data') } }],
    ['the content of a file', { files: { images: digest('file') } }],
    ['the seed', { seed: 43 }],
    ['the backend', { environment: { ...environment, backend: 'native' } }],
    ['the version of TensorFlow.js', { environment: { ...environment, tfjs: '4.23.0' } }],
    ['the number of threads', { environment: { ...environment, threads: 2 } }],
    ['the version of libtensorflow', { environment: { ...environment, libtensorflow: '2.9.1' } }],
  ])('is another one with %s', (_what, change) => {
    expect(stageKey(preimage(change))).not.toBe(stageKey(preimage()));
  });

  it('leaves out seed and environment where the stage type does not use them', () => {
    const type: StageType = { ...trainStudent, uses: { tensors: false, seed: false } };
    const changed = preimage({ type, seed: 1, environment: { ...environment, backend: 'native' } });
    expect(stageKey(changed)).toBe(stageKey(preimage({ type })));
    expect(Object.keys(changed).sort()).toEqual(['code', 'format', 'inputs', 'options', 'type']);
  });

  it('leaves out the options that the stage type says cannot count', () => {
    const type: StageType = {
      ...trainStudent,
      keyOptions: ({ folder: _, ...rest }: JsonObject) => rest,
    };
    const here = preimage({ type, options: { ...options, folder: '/here' } });
    expect(stageKey(here)).toBe(stageKey(preimage({ type, options: { ...options, folder: '/there' } })));
  });
});

describe('digestOf', () => {
  it('tells purposes apart', () => {
    expect(digestOf('one', [1])).not.toBe(digestOf('two', [1]));
  });

  it('tells a value from its text', () => {
    expect(digestOf('one', '[1]')).not.toBe(digestOf('one', [1]));
  });
});

describe('resumeKey', () => {
  const resumable: StageType = {
    ...trainStudent,
    resumableOptions: ({ epochs: _, ...rest }: JsonObject) => (rest['schedule'] === undefined ? rest : undefined),
  };
  const keyOf = (
    type: StageType,
    change: Readonly<Record<string, JsonValue>>,
    more: Partial<PreimageParts> = {},
  ): string => {
    const changed = { ...options, ...change };
    return resumeKey(type, preimage({ type, options: changed, ...more }), changed);
  };

  it('is the same however far the training goes', () => {
    expect(keyOf(resumable, { epochs: 10 })).toBe(keyOf(resumable, { epochs: 5 }));
  });

  it('is another one with anything else', () => {
    const base = keyOf(resumable, {});
    expect(keyOf(resumable, { batchSize: 32 })).not.toBe(base);
    expect(keyOf(resumable, {}, { seed: 1 })).not.toBe(base);
    expect(keyOf(resumable, {}, { inputs: {} })).not.toBe(base);
    expect(keyOf({ ...resumable, code: digest('changed') }, {})).not.toBe(base);
  });

  it('counts everything where going on is not the same as starting afresh, or the stage type does not say', () => {
    expect(keyOf(resumable, { schedule: 'cosine', epochs: 10 })).not.toBe(keyOf(resumable, { schedule: 'cosine' }));
    expect(keyOf(trainStudent, { epochs: 10 })).not.toBe(keyOf(trainStudent, {}));
  });
});
