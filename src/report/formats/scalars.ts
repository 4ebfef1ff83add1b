import { isJsonObject, type JsonObject } from '../../base/json.ts';

export type JsonScalar = string | number | boolean;

/** Parameters for who knows no lists and mappings: those in mappings by their path, `model.width`, and lists as JSON. What is null is left out. */
export function scalarsOf(values: JsonObject, prefix = ''): Readonly<Record<string, JsonScalar>> {
  const entries = Object.entries(values).flatMap(([name, value]): (readonly [string, JsonScalar])[] => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (value === null) return [];
    if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
    return isJsonObject(value) ? Object.entries(scalarsOf(value, path)) : [[path, value as JsonScalar]];
  });
  return Object.fromEntries(entries);
}
