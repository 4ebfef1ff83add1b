import type { ErrorObject } from 'ajv';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { listed, nearest } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { constantsOf, isOfType, propertiesOf, propertyOf } from './branches.ts';
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

export interface Validated {
  /** Without `$ref`s. */
  readonly schema: JsonObject;
  readonly value: JsonValue;
  /** How messages call the value as a whole. */
  readonly what: string;
}

/** Ajv's errors in words of the pipeline: one finding for each thing to mend. */
export function explain(errors: readonly ErrorObject[], validated: Validated): Finding[] {
  const { schema, value } = validated;
  const told = withoutNoise(errors.slice(0, mostErrors), schema, value);
  const mistyped = new Set(told.flatMap((error) => meantKey(error, schema) ?? []));
  const findings = new Map<string, Finding>();
  for (const error of told) {
    const finding = explainOne(error, validated);
    // A number below its minimum may also not be divisible: one sentence says both. Keys have a sentence each.
    const id = finding.part === 'key' ? finding.message : '';
    const missing = missingPointer(error);
    if (missing === undefined || !mistyped.has(missing))
      findings.set(`${finding.pointer} ${finding.part} ${id}`, finding);
  }
  return [...findings.values()];
}

/** The key that an unknown one was meant to be: it is not missing as well. */
function meantKey(error: ErrorObject, schema: JsonObject): string | undefined {
  if (error.keyword !== 'additionalProperties') return undefined;
  const rule = (follow(schema, parentPath(error.schemaPath)) ?? {}) as JsonObject;
  const params = error.params as Record<string, string>;
  const meant = nearest(params['additionalProperty'] ?? '', Object.keys(propertiesOf(rule)));
  return meant === undefined ? undefined : joinPointer(error.instancePath, meant);
}

function missingPointer({ keyword, instancePath, params }: ErrorObject): string | undefined {
  if (keyword !== 'required') return undefined;
  return joinPointer(instancePath, (params as Record<string, string>)['missingProperty'] ?? '');
}

/** A value in what was validated, and the rule that it breaks. */
interface Site {
  readonly pointer: string;
  readonly value: JsonValue;
  readonly rule: JsonObject;
  readonly what: string;
}

function explainOne(error: ErrorObject, validated: Validated): Finding {
  const pointer = error.instancePath;
  const rule = (follow(validated.schema, parentPath(error.schemaPath)) ?? {}) as JsonObject;
  const site: Site = { pointer, rule, value: follow(validated.value, pointer) as JsonValue, what: validated.what };
  const params = error.params as Record<string, string>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(site, params['additionalProperty'] ?? '', Object.keys(propertiesOf(rule)));
    case 'propertyNames':
      return badName(site, params['propertyName'] ?? '');
    case 'required':
      return missingKey(site, params['missingProperty'] ?? '');
    case 'anyOf':
    case 'oneOf':
      return noBranch(site, (rule[error.keyword] ?? []) as readonly JsonObject[]);
    case 'maxProperties':
    case 'minProperties':
      return keyCount(site);
    case 'enum':
    case 'const':
      return wrongConstant(site);
    case 'type':
      return wrongType(site);
    case 'uniqueItems':
      return wrongValue(site, 'a list without repetitions');
    default:
      return wrongValue(site, describeExpected(rule));
  }
}

/** `#/properties/epochs/minimum` -> the pointer of `#/properties/epochs`. */
function parentPath(schemaPath: string): string {
  return decodeURIComponent(schemaPath.slice(1, schemaPath.lastIndexOf('/')));
}

function unknownKey(site: Site, name: string, allowed: readonly string[]): Finding {
  const near = nearest(name, allowed);
  const keys = allowed.length === 0 ? 'no key is expected here' : `keys here: ${listed(allowed)}`;
  return {
    code: 'unknown-key',
    message: `unknown key "${name}" in ${subject(site)}`,
    hint: near === undefined ? keys : `did you mean "${near}"?\n${keys}`,
    pointer: joinPointer(site.pointer, name),
    part: 'key',
  };
}

function badName({ pointer, rule }: Site, name: string): Finding {
  return {
    code: 'wrong-value',
    message: `expected ${describeExpected(rule['propertyNames'] as JsonObject)}, found "${name}"`,
    pointer: joinPointer(pointer, name),
    part: 'key',
  };
}

function missingKey(site: Site, name: string): Finding {
  const property = propertyOf(site.rule, name) ?? {};
  const [example] = (property['examples'] ?? []) as readonly JsonValue[];
  return {
    code: 'missing-key',
    message: `the key "${name}" is missing in ${subject(site)}`,
    hint:
      typeof example === 'string'
        ? `add a line like "${name}: ${example}"`
        : `add "${name}:" with ${describeExpected(property)}`,
    pointer: site.pointer,
    part: 'key',
  };
}

/** No branch was meant more than another: of all that they name, something may be near. */
function noBranch(site: Site, branches: readonly JsonObject[]): Finding {
  const { value, rule } = site;
  const constants = branches.flatMap((branch) => constantsOf(branch) ?? []);
  if (typeof value === 'string' && constants.length > 0) return wrongConstant({ ...site, rule: { enum: constants } });
  const keys = [...new Set(branches.flatMap((branch) => Object.keys(propertiesOf(branch))))];
  const stranger = isJsonObject(value) ? Object.keys(value).find((key) => !keys.includes(key)) : undefined;
  if (stranger !== undefined && keys.length > 0) return unknownKey(site, stranger, keys);
  return wrongValue(site, describeExpected(rule));
}

function keyCount(site: Site): Finding {
  const keys = Object.keys(site.value as JsonObject);
  const known = Object.keys(propertiesOf(site.rule));
  return {
    code: 'wrong-value',
    message: `${subject(site)}: expected ${describeExpected({ ...site.rule, type: 'object' })}, found ${keys.length === 0 ? 'none' : listed(keys)}`,
    ...(known.length === 0 ? {} : { hint: `keys here: ${listed(known)}` }),
    pointer: site.pointer,
    part: 'value',
  };
}

/** More than this many are listed below the sentence, not in it. */
const fewNames = 6;

function wrongConstant(site: Site): Finding {
  const { value, rule } = site;
  const constants = constantsOf(rule) ?? [];
  const names = constants.map(String);
  const near = typeof value === 'string' ? nearest(value, names) : undefined;
  const few = names.length <= fewNames;
  const hints = [
    ...(near === undefined ? [] : [`did you mean "${near}"?`]),
    ...(few ? [] : [`names here: ${listed(names)}`]),
  ];
  return {
    ...wrongValue(site, few ? describeExpected({ enum: constants }) : `one of ${names.length} names`),
    ...(hints.length === 0 ? {} : { hint: hints.join('\n') }),
  };
}

function wrongType(site: Site): Finding {
  const { value, rule } = site;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return {
    ...wrongValue(site, describeExpected(rule)),
    code: 'wrong-type',
    ...(Number.isFinite(number) && isOfType(rule, number) ? { hint: 'leave the quotes out' } : {}),
  };
}

function wrongValue(site: Site, expected: string): Finding {
  const message = `${subject(site)}: expected ${expected}, found ${describeFound(site.value)}`;
  return { code: 'wrong-value', message, pointer: site.pointer, part: 'value' };
}

/** What the sentence is about: `"epochs"`, `item 2 of "kernelSize"`. */
function subject({ pointer, what }: Site): string {
  const segments = parsePointer(pointer);
  const last = segments.at(-1);
  if (last === undefined) return what;
  if (!/^\d+$/.test(last)) return `"${last}"`;
  const list = segments.findLast((segment) => !/^\d+$/.test(segment));
  return `item ${Number(last) + 1} of ${list === undefined ? what : `"${list}"`}`;
}
