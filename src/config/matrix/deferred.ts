import type { ParsedNode } from 'yaml';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { DeferredText } from '../params/fill.ts';

export type DeferredTexts = ReadonlyMap<JsonValue, DeferredText>;

/** The texts in a value that wait for the values of axes. */
export function deferredIn(value: JsonValue | undefined, deferred: DeferredTexts): readonly DeferredText[] {
  if (deferred.size === 0 || typeof value !== 'object' || value === null) return [];
  const text = deferred.get(value);
  if (text !== undefined) return [text];
  return Object.values(value as JsonObject).flatMap((member) => deferredIn(member, deferred));
}

interface FillRequest {
  readonly deferred: DeferredTexts;
  /** The value of each axis. */
  readonly matrix: JsonObject;
  readonly problems: Problem[];
  readonly unknown: Set<ParsedNode>;
}

/** A value with the axes filled in; what holds none of them is shared with the value itself. */
export function fillDeferred(value: JsonValue, request: FillRequest): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const text = request.deferred.get(value);
  if (text !== undefined) return text.fill(request.matrix, request);
  const members = Object.entries(value as JsonObject);
  const filled = members.map(([name, member]) => [name, fillDeferred(member, request)] as const);
  if (filled.every(([, member], index) => member === members[index]?.[1])) return value;
  return Array.isArray(value) ? filled.map(([, member]) => member) : Object.fromEntries(filled);
}
