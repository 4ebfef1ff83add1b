import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/**
 * The branch of an `anyOf` or `oneOf` that a value was most likely meant for: of its type, with its constants, and with most of
 * its keys. Undefined where none or several fit alike.
 */
export function bestBranch(branches: readonly JsonObject[], value: JsonValue): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const [index, branch] of branches.entries()) {
    const likeness = likenessTo(branch, value);
    if (likeness === most) best = undefined;
    if (likeness > most) {
      most = likeness;
      best = index;
    }
  }
  return best;
}

function likenessTo(branch: JsonObject, value: JsonValue): number {
  if (!isOfType(branch, value)) return 0;
  const constants = constantsOf(branch);
  if (constants !== undefined) return constants.includes(value) ? 100 : 0;
  if (!isJsonObject(value)) return 1;
  const required = branch['required'] as readonly string[] | undefined;
  let likeness = 1;
  for (const name of required ?? []) likeness += Object.hasOwn(value, name) ? 10 : 0;
  for (const [name, member] of Object.entries(value)) {
    const property = propertyOf(branch, name);
    if (property === undefined) continue;
    likeness += 1;
    const expected = constantsOf(property);
    if (expected === undefined || required?.includes(name) !== true) continue;
    // A constant tells branches apart; one of several values may be mistyped.
    if (expected.includes(member)) likeness += 100;
    else if (expected.length === 1) likeness -= 20;
  }
  return Math.max(likeness, 0.5);
}

export function isOfType(schema: JsonObject, value: JsonValue): boolean {
  const type = schema['type'];
  if (type === undefined) return true;
  const types = Array.isArray(type) ? (type as string[]) : [type as string];
  const own = typeOf(value);
  return types.includes(own) || (own === 'integer' && types.includes('number'));
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The values that a schema allows, where it names them. */
export function constantsOf(schema: JsonObject): readonly JsonValue[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return schema['enum'] as readonly JsonValue[] | undefined;
}

export function propertiesOf(schema: JsonObject): Readonly<Record<string, JsonObject>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
}

/** Own members only: a file may have a key named `toString`. */
export function propertyOf(schema: JsonObject, name: string): JsonObject | undefined {
  const properties = propertiesOf(schema);
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export function branchesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  return (schema['anyOf'] ?? schema['oneOf']) as readonly JsonObject[] | undefined;
}
