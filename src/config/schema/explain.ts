import type { ErrorObject } from 'ajv';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { didYouMean, listed, nearest } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { constantsOf, propertiesOf, propertyOf } from './branches.ts';
import { withoutNoise } from './composites.ts';
import { describeExpected, describeFound } from './describe.ts';
import { follow, joinPointer, parsePointer } from './pointer.ts';

/** A problem with a value, its place still a pointer into the value. */
export interface Finding extends Pick<Problem, 'code' | 'message' | 'hint'> {
  readonly pointer: string;
  readonly part: 'key' | 'value';
}

/** Enough to mend a file by; a hostile one could have a million. */
const mostErrors = 1000;

/**
 * Ajv's errors in words of the pipeline: one finding for each thing to mend.
 * @param schema what was validated against, without `$ref`s
 */
export function explain(errors: readonly ErrorObject[], schema: JsonObject, value: JsonValue): Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of withoutNoise(errors.slice(0, mostErrors), schema, value)) {
    const finding = explainOne(error, schema, value);
    // A number below its minimum is also not divisible: one sentence says both.
    const id = finding.code === 'unknown-key' || finding.code === 'missing-key' ? finding.message : '';
    const key = `${finding.pointer} ${finding.part} ${id}`;
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

function explainOne(error: ErrorObject, schema: JsonObject, root: JsonValue): Finding {
  const parent = (follow(schema, parentPath(error.schemaPath)) ?? {}) as JsonObject;
  const value = follow(root, error.instancePath) as JsonValue;
  const params = error.params as Record<string, string>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error.instancePath, params['additionalProperty'] ?? '', Object.keys(propertiesOf(parent)));
    case 'propertyNames':
      return badName(error.instancePath, params['propertyName'] ?? '', parent);
    case 'required':
      return missingKey(error.instancePath, params['missingProperty'] ?? '', parent);
    case 'anyOf':
    case 'oneOf':
      return noBranch(error, parent, value);
    case 'maxProperties':
    case 'minProperties':
      return keyCount(error.instancePath, parent, value);
    case 'enum':
    case 'const':
      return wrongConstant(error.instancePath, parent, value);
    case 'uniqueItems':
      return wrongValue(error.instancePath, 'expected a list without repetitions', value);
    default:
      return wrongValue(error.instancePath, `expected ${describeExpected(parent)}`, value, error.keyword === 'type');
  }
}

/** `#/properties/epochs/minimum` -> the pointer of `#/properties/epochs`. */
function parentPath(schemaPath: string): string {
  return decodeURIComponent(schemaPath.slice(1, schemaPath.lastIndexOf('/')));
}

function unknownKey(pointer: string, name: string, allowed: readonly string[]): Finding {
  const near = nearest(name, allowed);
  const keys = allowed.length === 0 ? 'no key is expected here' : `keys here: ${listed(allowed)}`;
  return {
    code: 'unknown-key',
    message: `unknown key "${name}"${inside(pointer)}`,
    hint: near === undefined ? keys : `did you mean "${near}"?\n${keys}`,
    pointer: joinPointer(pointer, name),
    part: 'key',
  };
}

function badName(pointer: string, name: string, parent: JsonObject): Finding {
  return {
    code: 'wrong-value',
    message: `${subject(joinPointer(pointer, name))} expected ${describeExpected(parent['propertyNames'] as JsonObject)}`,
    pointer: joinPointer(pointer, name),
    part: 'key',
  };
}

function missingKey(pointer: string, name: string, parent: JsonObject): Finding {
  const property = propertyOf(parent, name);
  const expected = property === undefined ? undefined : describeExpected(property);
  return {
    code: 'missing-key',
    message: `the key "${name}" is missing${inside(pointer)}`,
    ...(expected === undefined ? {} : { hint: `add "${name}:" with ${expected}` }),
    pointer,
    part: 'key',
  };
}

/** No branch was meant more than another: of all that they name, something may be near. */
function noBranch(error: ErrorObject, parent: JsonObject, value: JsonValue): Finding {
  const branches = (parent[error.keyword] ?? []) as readonly JsonObject[];
  const constants = branches.flatMap((branch) => constantsOf(branch) ?? []);
  if (typeof value === 'string' && constants.length > 0) {
    return wrongConstant(error.instancePath, { enum: constants }, value);
  }
  const keys = [...new Set(branches.flatMap((branch) => Object.keys(propertiesOf(branch))))];
  const stranger =
    typeof value === 'object' && value !== null ? Object.keys(value).find((key) => !keys.includes(key)) : undefined;
  if (stranger !== undefined && keys.length > 0 && !Array.isArray(value))
    return unknownKey(error.instancePath, stranger, keys);
  return wrongValue(error.instancePath, `expected ${describeExpected(parent)}`, value);
}

function keyCount(pointer: string, parent: JsonObject, value: JsonValue): Finding {
  const keys = Object.keys(value as JsonObject);
  const found = keys.length === 0 ? 'none' : listed(keys);
  const known = Object.keys(propertiesOf(parent));
  return {
    code: 'wrong-value',
    message: `${subject(pointer)} expected ${describeExpected({ ...parent, type: 'object' })}, found ${found}`,
    ...(known.length === 0 ? {} : { hint: `keys here: ${listed(known)}` }),
    pointer,
    part: 'value',
  };
}

function wrongConstant(pointer: string, parent: JsonObject, value: JsonValue): Finding {
  const constants = constantsOf(parent) ?? [];
  const texts = constants.filter((constant) => typeof constant === 'string');
  const few = constants.length <= 8;
  const found = describeFound(value);
  const hint = typeof value === 'string' ? didYouMean(value, texts, 'expected one of') : undefined;
  return {
    code: typeof value === 'string' || texts.length < constants.length ? 'wrong-value' : 'wrong-type',
    message: `${subject(pointer)} expected ${few ? describeExpected({ enum: constants }) : `one of ${constants.length} names`}, found ${found}`,
    ...(hint === undefined || (few && !hint.startsWith('did')) ? {} : { hint }),
    pointer,
    part: 'value',
  };
}

function wrongValue(pointer: string, expected: string, value: JsonValue, type = false): Finding {
  const isQuotedNumber = type && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  return {
    code: type ? 'wrong-type' : 'wrong-value',
    message: `${subject(pointer)} ${expected}, found ${describeFound(value)}`,
    ...(isQuotedNumber && expected.includes('number') ? { hint: 'leave the quotes out' } : {}),
    pointer,
    part: 'value',
  };
}

/** What the sentence is about: `epochs`, `item 2 of kernelSize`. */
function subject(pointer: string): string {
  const segments = parsePointer(pointer);
  const last = segments.at(-1);
  if (last === undefined) return 'the file';
  if (!/^\d+$/.test(last)) return `"${last}"`;
  const list = segments.findLast((segment) => !/^\d+$/.test(segment));
  return list === undefined ? `item ${Number(last) + 1}` : `item ${Number(last) + 1} of "${list}"`;
}

function inside(pointer: string): string {
  return pointer === '' ? '' : ` in ${subject(pointer)}`;
}
