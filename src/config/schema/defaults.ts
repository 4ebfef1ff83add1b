import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { bestBranch, branchesOf, constantsOf, isOfType, propertiesOf, propertyOf } from './branches.ts';

/**
 * A copy of a valid value with the schema's defaults filled in, at any depth. Ajv's own `useDefaults` leaves those inside
 * `anyOf` and `oneOf` out, which is where the layers, optimisers and losses are.
 * @param schema without `$ref`s
 */
export function fillDefaults(schema: JsonObject, value: JsonValue): JsonValue {
  let filled = value;
  if (isJsonObject(value)) filled = fillMembers(schema, value);
  else if (Array.isArray(value)) filled = fillItems(schema, value as readonly JsonValue[]);
  for (const part of (schema['allOf'] ?? []) as readonly JsonObject[]) filled = fillDefaults(part, filled);
  const branches = branchesOf(schema);
  const best = branches === undefined ? undefined : bestBranch(branches, filled);
  if (branches !== undefined && best !== undefined) filled = fillDefaults(branches[best] ?? {}, filled);
  const condition = schema['if'];
  if (isJsonObject(condition)) {
    const branch = schema[holds(condition, filled) ? 'then' : 'else'];
    if (isJsonObject(branch)) filled = fillDefaults(branch, filled);
  }
  return filled;
}

function fillMembers(schema: JsonObject, value: JsonObject): JsonObject {
  const properties = propertiesOf(schema);
  const filled: Record<string, JsonValue> = {};
  const others = schema['additionalProperties'];
  for (const [name, member] of Object.entries(value)) {
    const property = propertyOf(schema, name) ?? (isJsonObject(others) ? others : undefined);
    filled[name] = property === undefined ? member : fillDefaults(property, member);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property['default'] !== undefined && !Object.hasOwn(value, name)) {
      filled[name] = fillDefaults(property, property['default']);
    }
  }
  return filled;
}

function fillItems(schema: JsonObject, value: readonly JsonValue[]): JsonValue {
  const { items } = schema;
  if (items === undefined) return value;
  return value.map((item, index) => {
    const rule = Array.isArray(items) ? (items[index] as JsonValue | undefined) : items;
    return isJsonObject(rule) ? fillDefaults(rule, item) : item;
  });
}

/** Conditions look at constants, types and whether keys are there; more is not understood here. */
function holds(condition: JsonObject, value: JsonValue): boolean {
  if (!isOfType(condition, value)) return false;
  const constants = constantsOf(condition);
  if (constants !== undefined && !constants.includes(value)) return false;
  if (!isJsonObject(value)) return true;
  const required = (condition['required'] ?? []) as readonly string[];
  if (!required.every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(propertiesOf(condition)).every(([name, rule]) => {
    return !Object.hasOwn(value, name) || holds(rule, value[name] ?? null);
  });
}
