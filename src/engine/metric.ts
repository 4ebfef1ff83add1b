import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { MetricBound } from '../core/metric-bound.ts';

/** Null where there is none, or what is there is no number. */
export function numberAt(metrics: JsonValue, path: readonly string[]): number | null {
  let value: JsonValue | undefined = metrics;
  for (const name of path) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return typeof value === 'number' ? value : null;
}

/** Every number among metrics, with the way to it. */
export function numbersIn(value: JsonValue, path = ''): readonly (readonly [path: string, value: number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, path === '' ? name : `${path}.${name}`));
}

export function holds(value: number, { operator, bound }: MetricBound): boolean {
  switch (operator) {
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '<':
      return value < bound;
    case '==':
      return value === bound;
  }
}
