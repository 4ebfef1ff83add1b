import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { fillDefaults } from '../../src/config/schema/defaults.ts';
import { inlineReferences } from '../../src/config/schema/inline-references.ts';
import { findingsOf, stageValidators } from '../../src/config/schema/validators.ts';
import { typeOf } from '../graph/spec.ts';

/** As a plugin's schema is checked: by a validator compiled at run time. */
async function findings(schema: JsonObject, value: JsonValue): Promise<readonly string[]> {
  const types = new Map([['own', typeOf('own', { schema })]]);
  const validator = (await stageValidators(types, ['own'])).get('own');
  if (validator === undefined) throw new Error('no validator');
  return (await findingsOf(validator, value, 'the options')).map(({ pointer, message }) => `${pointer} ${message}`);
}

const shape: JsonObject = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'object', additionalProperties: false, required: ['circle'], properties: { circle: { type: 'number' } } },
    {
      type: 'object',
      additionalProperties: false,
      required: ['square'],
      properties: { square: { enum: ['big', 'small'] } },
    },
  ],
};
const withShape: JsonObject = {
  type: 'object',
  properties: { shape, tags: { type: 'array', items: shape } },
};

describe('of the branches of an anyOf', () => {
  test.each<[JsonValue, string]>([
    [{ circle: 'round' }, '/shape/circle "circle": expected a number, found the string "round"'],
    [{ square: 'bigg' }, '/shape/square "square": expected "big" or "small", found the string "bigg"'],
    [0, '/shape "shape": expected an integer >= 1, found the number 0'],
    ['x', '/shape "shape": expected an integer >= 1 or a mapping, found the string "x"'],
    [{ circel: 3 }, '/shape/circel unknown key "circel" in "shape"'],
    [{ circle: 1, sides: 3 }, '/shape/sides unknown key "sides" in "shape"'],
  ])('only the one that was meant is told of: %j', async (value, message) => {
    expect(await findings(withShape, { shape: value })).toEqual([message]);
  });

  test('each item of a list has its own', async () => {
    expect(await findings(withShape, { tags: [1, 0, { circle: true }] })).toEqual([
      '/tags/1 item 2 of "tags": expected an integer >= 1, found the number 0',
      '/tags/2/circle "circle": expected a number, found true',
    ]);
  });
});

describe('a schema', () => {
  test('with a condition tells what follows from it, not the condition', async () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { kind: { enum: ['a', 'b'] } },
      if: { properties: { kind: { const: 'a' } }, required: ['kind'] },
      then: { required: ['size'], properties: { size: { type: 'integer' } } },
    };
    expect(await findings(schema, { kind: 'a' })).toEqual([' the key "size" is missing in the options']);
    expect(await findings(schema, { kind: 'b' })).toEqual([]);
  });

  test('tells several faults of one value in one sentence, and of several values in several', async () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 10, multipleOf: 4 }, m: { type: 'string', minLength: 1 } },
    };
    expect(await findings(schema, { n: 3, m: '' })).toEqual([
      '/n "n": expected an integer >= 10 and divisible by 4, found the number 3',
      '/m "m": expected a string that is not empty, found the string ""',
    ]);
  });

  test('may refer to its own definitions; a key may hold / and ~', async () => {
    const schema: JsonObject = {
      definitions: { size: { type: 'integer' } },
      type: 'object',
      properties: { 'a/b~c': { $ref: '#/definitions/size' } },
    };
    expect(await findings(schema, { 'a/b~c': 'x' })).toEqual([
      '/a~1b~0c "a/b~c": expected an integer, found the string "x"',
    ]);
  });

  test('that leads nowhere or in a circle is its author’s mistake', () => {
    expect(() => inlineReferences({ $ref: '#/definitions/none' }, new Map())).toThrow('leads nowhere');
    const circle = { definitions: { a: { items: { $ref: '#/definitions/a' } } }, $ref: '#/definitions/a' };
    expect(() => inlineReferences(circle, new Map())).toThrow('back to itself');
  });

  test('with a million errors is told of in part, and soon', async () => {
    const value = { tags: Array.from({ length: 100_000 }, (_, index) => ({ circle: `${index}` })) };
    const start = performance.now();
    expect((await findings({ ...withShape }, value)).length).toBeGreaterThan(10);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('defaults', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      size: { type: 'integer', default: 3 },
      nested: { type: 'object', default: {}, properties: { deep: { default: [1, 2] } } },
      list: { type: 'array', items: { type: 'object', properties: { on: { default: true } } } },
      shape: {
        anyOf: [
          {
            type: 'object',
            required: ['circle'],
            properties: { circle: { type: 'object', properties: { radius: { default: 1 } } } },
          },
          {
            type: 'object',
            required: ['square'],
            properties: { square: { type: 'object', properties: { side: { default: 2 } } } },
          },
        ],
      },
    },
    if: { properties: { size: { const: 5 } } },
    then: { properties: { five: { default: 'yes' } } },
    else: { properties: { five: { default: 'no' } } },
  };

  test('are filled in at any depth, in the branch that was meant', () => {
    expect(fillDefaults(schema, { list: [{}, { on: false }], shape: { square: {} } })).toEqual({
      size: 3,
      nested: { deep: [1, 2] },
      list: [{ on: true }, { on: false }],
      shape: { square: { side: 2 } },
      five: 'no',
    });
    expect(fillDefaults(schema, { size: 5 })).toMatchObject({ five: 'yes' });
  });

  test('leave what is written as it is, and do not change what they are given', () => {
    const written = { size: null, toString: 1, nested: { deep: 0 } };
    expect(fillDefaults(schema, written)).toMatchObject(written);
    expect(written).toEqual({ size: null, toString: 1, nested: { deep: 0 } });
  });
});
