import type { JsonObject, JsonValue } from '../../base/json.ts';
import { branchesOf, constantsOf } from './branches.ts';

/** What a schema expects, in words: `an integer >= 1`, `"same" or "valid"`, `a list of 2 integers`. */
export function describeExpected(schema: JsonObject): string {
  const constants = constantsOf(schema);
  if (constants !== undefined) return alternatives(constants.map((constant) => JSON.stringify(constant)));
  const branches = branchesOf(schema);
  if (branches !== undefined) return alternatives([...new Set(branches.map(describeExpected))]);
  const { type } = schema;
  if (Array.isArray(type)) {
    // That a mapping may be left empty is not worth saying.
    const told = type.filter((one) => one !== 'null' || !type.includes('object'));
    return alternatives(told.map((one) => describeType(one as string, schema)));
  }
  return typeof type === 'string' ? describeType(type, schema) : 'another value';
}

function describeType(type: string, schema: JsonObject): string {
  switch (type) {
    case 'integer':
    case 'number':
      return [type === 'integer' ? 'an integer' : 'a number', bounds(schema)].filter(Boolean).join(' ');
    case 'string':
      return describeText(schema);
    case 'boolean':
      return 'true or false';
    case 'array':
      return describeList(schema);
    case 'object':
      return describeMapping(schema);
    default:
      return 'nothing';
  }
}

function bounds(schema: JsonObject): string {
  const {
    minimum,
    maximum,
    exclusiveMinimum: above,
    exclusiveMaximum: below,
    multipleOf,
  } = schema as Record<string, number>;
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  const parts = [
    minimum === undefined ? '' : `>= ${minimum}`,
    above === undefined ? '' : `> ${above}`,
    maximum === undefined ? '' : `<= ${maximum}`,
    below === undefined ? '' : `< ${below}`,
  ];
  const range = parts.filter(Boolean).join(' and ');
  return multipleOf === undefined ? range : [range, `divisible by ${multipleOf}`].filter(Boolean).join(' and ');
}

function describeText(schema: JsonObject): string {
  const words = schema['patternErrorMessage'];
  if (typeof words === 'string') return words;
  const [example] = (schema['examples'] ?? []) as readonly JsonValue[];
  if (schema['pattern'] !== undefined) {
    return example === undefined
      ? `a string that matches ${schema['pattern'] as string}`
      : `a string like ${JSON.stringify(example)}`;
  }
  const { minLength = 0, maxLength } = schema as Record<string, number>;
  if (maxLength !== undefined) return `a string of at most ${maxLength} characters`;
  return minLength > 0 ? 'a string that is not empty' : 'a string';
}

function describeList(schema: JsonObject): string {
  const { minItems: least = 0, maxItems: most } = schema as Record<string, number>;
  if (most !== undefined && least === most) return `a list of ${most} items`;
  if (most !== undefined) return `a list of ${least} to ${most} items`;
  if (least > 1) return `a list of ${least} items or more`;
  return least === 1 ? 'a list that is not empty' : 'a list';
}

function describeMapping(schema: JsonObject): string {
  const { minProperties: least = 0, maxProperties: most } = schema as Record<string, number>;
  if (least === 1 && most === 1) return 'a mapping with one key';
  return least > 0 ? 'a mapping that is not empty' : 'a mapping';
}

/** What stands there, in words: `the number 5`, `the string "five"`. */
export function describeFound(value: JsonValue): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  switch (typeof value) {
    case 'number':
      return `the number ${value}`;
    case 'string':
      return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
    case 'boolean':
      return String(value);
    default:
      return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  }
}

function alternatives(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
