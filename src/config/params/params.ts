import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { childOf } from '../yaml/place.ts';
import type { Place } from '../yaml/place.ts';

/** A value that a params file or a `--set` puts in the place of one in the pipeline. */
export interface Override {
  readonly path: readonly string[];
  readonly value: JsonValue;
  readonly place: Place;
}

/** The parameters of a pipeline with overrides applied, each value with the place that it was written at. */
export interface Params {
  readonly values: JsonObject;
  /** What stands under `params:`, where it is no mapping and can hold none. */
  readonly own?: JsonValue;
  /** The place of `params:` in the pipeline, if it is there. */
  readonly place: Place | undefined;
  readonly overrides: readonly Override[];
}

export function valueAt(values: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
  }
  return value;
}

/** The names that could have stood where the path fails first, and how far it leads. */
export function whereItEnds(values: JsonValue, path: readonly string[]): { known: readonly string[]; depth: number } {
  let value: JsonValue = values;
  for (const [depth, name] of path.entries()) {
    const next: JsonValue | undefined = valueAt(value, [name]);
    if (next === undefined) return { known: isJsonObject(value) ? Object.keys(value) : [], depth };
    value = next;
  }
  return { known: [], depth: path.length };
}

/** The same values with one replaced; what is not on the way is shared. */
export function replaceAt(values: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const object = isJsonObject(values) ? values : {};
  const before: JsonValue = Object.hasOwn(object, name) ? (object[name] ?? null) : {};
  return { ...object, [name]: replaceAt(before, rest, value) };
}

/** Where a parameter, or a part of one, was written: the last override that covers it, else the pipeline's own line. */
export function placeOfParam(params: Params, path: readonly string[]): Place | undefined {
  const override = params.overrides.findLast((candidate) =>
    candidate.path.every((name, index) => path[index] === name),
  );
  let place = override === undefined ? params.place : override.place;
  for (const name of path.slice(override?.path.length ?? 0)) {
    const child = place === undefined ? undefined : childOf(place, name);
    if (child === undefined) return place;
    place = child;
  }
  return place;
}
