import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { preimageDifferences } from '../../src/fingerprint/difference.ts';
import { stageKey } from '../../src/fingerprint/key.ts';
import { nearestRecord } from '../../src/fingerprint/nearest-record.ts';
import { digest, environment, options, preimage, recordOf, trainStudent } from './samples.ts';

const withOptions = (change: JsonObject) => preimage({ options: { ...options, ...change } });
const layers = (...units: number[]): JsonValue => units.map((count) => ({ dense: { units: count } }));

describe('preimageDifferences', () => {
  it('is empty for the same', () => {
    expect(preimageDifferences(preimage(), preimage())).toEqual([]);
  });

  it('names an option as deep down as it goes, with both values', () => {
    const after = withOptions({ distillation: { method: 'hinton', temperature: 8 } });
    expect(preimageDifferences(preimage(), after)).toEqual([
      { component: 'options', pointer: '/with/distillation/temperature', before: 4, after: 8 },
    ]);
  });

  it('tells added from removed', () => {
    const after = preimage({ options: { ...options, distillation: { method: 'hinton' }, alpha: null } });
    expect(preimageDifferences(preimage(), after)).toEqual([
      { component: 'options', pointer: '/with/alpha', after: null },
      { component: 'options', pointer: '/with/distillation/temperature', before: 4 },
    ]);
  });

  it.each([
    [[1, 2, 3], [1, 9, 2, 3], [{ pointer: '/with/model/1', after: { dense: { units: 9 } } }]],
    [[1, 2, 3], [1, 3], [{ pointer: '/with/model/1', before: { dense: { units: 2 } } }]],
    [[1, 2, 3], [1, 5, 3], [{ pointer: '/with/model/1/dense/units', before: 2, after: 5 }]],
    [[1, 1, 1], [1, 1], [{ pointer: '/with/model/2', before: { dense: { units: 1 } } }]],
    [[], [7], [{ pointer: '/with/model/0', after: { dense: { units: 7 } } }]],
  ])('tells of layers %j that became %j only what changed', (before, after, expected) => {
    const differences = preimageDifferences(
      withOptions({ model: layers(...before) }),
      withOptions({ model: layers(...after) }),
    );
    expect(differences).toEqual(expected.map((difference) => ({ component: 'options', ...difference })));
  });

  it('tells a number from its text, and a list from an object', () => {
    expect(preimageDifferences(withOptions({ a: 1 }), withOptions({ a: '1' }))).toHaveLength(1);
    expect(preimageDifferences(withOptions({ a: [] }), withOptions({ a: {} }))).toHaveLength(1);
  });

  it('escapes what a pointer cannot hold', () => {
    expect(preimageDifferences(preimage(), withOptions({ 'a/b~c': 1 }))[0]?.pointer).toBe('/with/a~1b~0c');
  });

  it('names every other component', () => {
    const after = preimage({
      type: { ...trainStudent, version: 3, code: digest('changed') },
      inputs: { data: digest('changed'), softLabels: digest('labels') },
      files: { images: digest('file') },
      seed: 43,
      environment: { ...environment, tfjs: '5.0.0' },
    });
    expect(preimageDifferences(preimage(), after)).toEqual([
      { component: 'type', pointer: '/type/version', before: 2, after: 3 },
      { component: 'inputs', pointer: '/needs/data', before: digest('data'), after: digest('changed') },
      { component: 'files', pointer: '/files', after: { images: digest('file') } },
      { component: 'seed', pointer: '/seed', before: 42, after: 43 },
      { component: 'environment', pointer: '/environment/tfjs', before: '4.22.0', after: '5.0.0' },
      { component: 'code', pointer: '/code', before: digest('code'), after: digest('changed') },
    ]);
  });

  it('is empty exactly when the keys are equal', () => {
    const drawn = fc.dictionary(fc.constantFrom('a', 'b', 'toString', '__proto__'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(drawn, drawn, (first, second) => {
        const [before, after] = [first, second].map((value) =>
          preimage({ options: JSON.parse(JSON.stringify(value)) as JsonObject }),
        );
        if (before === undefined || after === undefined) throw new Error('never');
        expect(preimageDifferences(before, after).length === 0).toBe(stageKey(before) === stageKey(after));
      }),
      { numRuns: 500 },
    );
  });
});

describe('nearestRecord', () => {
  it('is nothing among none', () => {
    expect(nearestRecord([], preimage())).toBeUndefined();
  });

  it('has the fewest differing components, however new the others are and however many options differ', () => {
    const optionsOnly = recordOf(withOptions({ epochs: 9, batchSize: 1, alpha: 2 }), '2020-01-01T00:00:00.000Z');
    const seedAndCode = recordOf(preimage({ seed: 1, type: { ...trainStudent, code: digest('x') } }));
    expect(nearestRecord([seedAndCode, optionsOnly], preimage())?.record).toBe(optionsOnly);
  });

  it('has the fewest differences among these, and is the newest among equals', () => {
    const two = recordOf(withOptions({ epochs: 9, alpha: 2 }), '2026-01-03T00:00:00.000Z');
    const older = recordOf(withOptions({ epochs: 9 }), '2026-01-01T00:00:00.000Z');
    const newer = recordOf(withOptions({ epochs: 8 }), '2026-01-02T00:00:00.000Z');
    for (const records of [
      [two, older, newer],
      [newer, older, two],
    ]) {
      const nearest = nearestRecord(records, preimage());
      expect(nearest?.record).toBe(newer);
      expect(nearest?.differences).toEqual([{ component: 'options', pointer: '/with/epochs', before: 8, after: 5 }]);
    }
  });
});
