/** Sets of combinations, and what is done with them. Pure, and linear in what goes in and comes out. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { groupBy } from '../../base/group-by.ts';
import type { JsonValue } from '../../base/json.ts';
import type { SourceRange } from '../../diagnostics/source.ts';

export interface AxisValue {
  readonly value: JsonValue;
  /** One text for one value. */
  readonly text: string;
  /** Unlike that of any other value of the axis. */
  readonly label: string;
  /** Its place among the values of the axis. */
  readonly rank: number;
  /** Where it, or a part of it, was written. */
  readonly where: (pointer: string, part: 'key' | 'value') => SourceRange;
}

/** A value for each axis. */
export type Combination = Readonly<Record<string, AxisValue>>;

/** Different combinations of the same axes. */
export interface Relation {
  readonly axes: readonly string[];
  readonly rows: readonly Combination[];
}

/** Of a stage without axes: it is there once. */
export const once: Relation = { axes: [], rows: [{}] };

/** Values on some axes; a list or a mapping may be named by its label. */
export type Pattern = Readonly<Record<string, JsonValue>>;

/** @returns whether a combination has all the values of the pattern; it lacks an axis that the pattern names: false */
export function matcher(pattern: Pattern): (row: Combination) => boolean {
  const wanted = Object.entries(pattern).map(([axis, value]) => ({
    axis,
    text: canonicalJson(value),
    label: typeof value === 'object' ? undefined : String(value),
  }));
  return (row) =>
    wanted.every(({ axis, text, label }) => {
      const found = row[axis];
      return found?.text === text || (typeof found?.value === 'object' && found.label === label);
    });
}

/** The rows that match none of the patterns; rows and patterns are each looked at once. */
export function without(rows: readonly Combination[], patterns: readonly Pattern[]): readonly Combination[] {
  if (patterns.length === 0 || rows.length === 0) return rows;
  const byAxes = groupBy(patterns, (pattern) => Object.keys(pattern).sort().join(','));
  let kept = rows;
  for (const alike of byAxes.values()) {
    const axes = Object.keys(alike[0] ?? {}).sort();
    const labels = new Map(axes.map((axis) => [axis, labelsByText(rows, axis)]));
    const excluded = new Set(
      alike.map((pattern) =>
        axes.map((axis) => labels.get(axis)?.get(canonicalJson(pattern[axis] ?? null)) ?? '').join(','),
      ),
    );
    kept = kept.filter((row) => !excluded.has(keyOn(row, axes)));
  }
  return kept;
}

/** How a pattern may name each value of an axis: by its text, and a list or a mapping by its label. */
function labelsByText(rows: readonly Combination[], axis: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const row of rows) {
    const found = row[axis];
    if (found === undefined) continue;
    labels.set(found.text, found.label);
    const name = JSON.stringify(found.label);
    if (typeof found.value === 'object' && !labels.has(name)) labels.set(name, found.label);
  }
  return labels;
}

export class TooMany extends Error {}

/**
 * Every pair of rows that agree on the axes that both have, as one row; of relations without common axes, all pairs.
 * @throws TooMany for more than `most` rows
 */
export function join(a: Relation, b: Relation, most: number): Relation {
  if (b.axes.length === 0 && b.rows.length === 1) return a;
  const own = new Set(a.axes);
  const shared = b.axes.filter((axis) => own.has(axis));
  const partners = groupBy(b.rows, (row) => keyOn(row, shared));
  const rows: Combination[] = [];
  for (const row of a.rows) {
    for (const partner of partners.get(keyOn(row, shared)) ?? []) {
      if (rows.length === most) throw new TooMany();
      rows.push({ ...row, ...partner });
    }
  }
  return { axes: [...a.axes, ...b.axes.filter((axis) => !own.has(axis))], rows };
}

/** The rows without their other axes; those that become alike are one. */
export function project(rows: readonly Combination[], axes: readonly string[]): Relation {
  const distinct = new Map<string, Combination>();
  for (const row of rows) {
    const key = keyOn(row, axes);
    if (!distinct.has(key)) distinct.set(key, Object.fromEntries(entriesOn(row, axes)));
  }
  return { axes, rows: [...distinct.values()] };
}

/** Of one relation: equal for rows that agree on these axes, and only for them. Labels have no commas. */
export function keyOn(row: Combination, axes: readonly string[]): string {
  return axes.map((axis) => row[axis]?.label ?? '').join(',');
}

/** As a table is sorted: by the first of these axes, among equals by the second, and so on. */
export function sortRows(rows: readonly Combination[], axes: readonly string[]): readonly Combination[] {
  return [...rows].sort((a, b) => {
    for (const axis of axes) {
      const order = (a[axis]?.rank ?? 0) - (b[axis]?.rank ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function entriesOn(row: Combination, axes: readonly string[]): [string, AxisValue][] {
  return axes.flatMap((axis) => {
    const value = row[axis];
    return value === undefined ? [] : [[axis, value] as [string, AxisValue]];
  });
}
