/** Plain JSON, as it stands in YAML values, keys, records and events. */
export type JsonPrimitive = string | number | boolean | null;
/** Anything that JSON can say. */
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
