import { canonicalJson } from '../../base/canonical-json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { SourceRange } from '../../diagnostics/source.ts';
import { joinPointer } from '../schema/pointer.ts';
import { replicateAxis } from './group.ts';
import { labelsOf } from './label.ts';
import { join, once, without } from './relation.ts';
import type { AxisValue, Combination, Pattern, Relation } from './relation.ts';

/** What a `matrix` says. */
export interface ReadMatrix {
  readonly relation: Relation;
  /** Axes that have to be filled in somewhere: those with a list of their own, on which no other depends. */
  readonly listed: readonly string[];
  /** Exclusions that name axes of others too. */
  readonly exclude: readonly { readonly pattern: Pattern; readonly pointer: string }[];
}

/** The `matrix` in its file; pointers are relative to it. */
export interface MatrixPlace {
  readonly where: (pointer: string, part?: 'key' | 'value') => SourceRange;
  /** Tells of something that is wrong. */
  readonly refuse: (pointer: string, told: Told, part?: 'key' | 'value') => void;
  /** Combinations. */
  readonly most: number;
}

interface Told {
  readonly code: 'bad-matrix' | 'unknown-axis';
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * The combinations of a `matrix` whose shape is valid: all of its lists with one another, without those excluded, with those
 * included.
 * @throws TooMany
 */
export function readMatrix(matrix: JsonObject, place: MatrixPlace): ReadMatrix {
  const { include = [], exclude = [], ...axes } = matrix as MatrixParts;
  const written = writtenAxes(axes, include);
  if (written.includes(replicateAxis)) {
    const pointer = Object.hasOwn(axes, replicateAxis) ? `/${replicateAxis}` : `/include/0/${replicateAxis}`;
    const message = `the axis ${replicateAxis} is that of \`replicates\``;
    place.refuse(pointer, { code: 'bad-matrix', message, hint: 'give this one another name' }, 'key');
  }
  const values = new Map(written.map((axis) => [axis, collectValues(axis, { rule: axes[axis], include, place })]));
  const listed = Object.keys(axes);
  const known = new Set(written);
  const inOwn = (pattern: Pattern): boolean => Object.keys(pattern).every((axis) => known.has(axis));
  let relation: Relation = listed.length === 0 ? { axes: written, rows: [] } : once;
  // Those that others depend on first.
  for (const axis of [...listed].sort((a, b) => Number(isDependent(axes[a])) - Number(isDependent(axes[b])))) {
    relation = join(relation, axisRelation(axis, axes[axis], { axes, values, place }), place.most);
  }
  const kept = without(relation.rows, exclude.filter(inOwn));
  const included = include.flatMap((row, index) => includedRow(row, `/include/${index}`, { written, values, place }));
  return {
    relation: { axes: written, rows: distinct([...kept, ...included], written) },
    listed: listed.filter((axis) => !listed.some((other) => byOf(axes[other]) === axis)),
    exclude: exclude.flatMap((pattern, index) => (inOwn(pattern) ? [] : [{ pattern, pointer: `/exclude/${index}` }])),
  };
}

interface MatrixParts {
  readonly include?: readonly JsonObject[];
  readonly exclude?: readonly JsonObject[];
  readonly [axis: string]: JsonValue | undefined;
}

type AxisRule = JsonValue | undefined;
type Values = ReadonlyMap<string, ReadonlyMap<string, AxisValue>>;

/** With `include` alone, its first row says what the axes are. */
function writtenAxes(axes: Readonly<Record<string, AxisRule>>, include: readonly JsonObject[]): readonly string[] {
  const listed = Object.keys(axes);
  return listed.length > 0 ? listed : Object.keys(include[0] ?? {});
}

function isDependent(rule: AxisRule): boolean {
  return byOf(rule) !== undefined;
}

function byOf(rule: AxisRule): string | undefined {
  return isJsonObject(rule) ? (rule['by'] as string) : undefined;
}

interface Collecting {
  readonly rule: AxisRule;
  readonly include: readonly JsonObject[];
  readonly place: MatrixPlace;
}

/** Every value that the axis takes anywhere, by its text: labels must tell all of them apart. */
function collectValues(axis: string, { rule, include, place }: Collecting): ReadonlyMap<string, AxisValue> {
  const found = new Map<string, { readonly value: JsonValue; readonly pointer: string }>();
  const add = (value: JsonValue, pointer: string): boolean => {
    const text = canonicalJson(value);
    if (found.has(text)) return false;
    found.set(text, { value, pointer });
    return true;
  };
  const own = joinPointer('', axis);
  if (Array.isArray(rule)) {
    for (const [index, value] of (rule as readonly JsonValue[]).entries()) {
      if (add(value, `${own}/${index}`)) continue;
      place.refuse(`${own}/${index}`, { code: 'bad-matrix', message: `the axis ${axis} has this value twice` });
    }
  } else if (isJsonObject(rule)) {
    for (const [label, values] of Object.entries(rule['values'] as Readonly<Record<string, readonly JsonValue[]>>)) {
      const list = joinPointer(`${own}/values`, label);
      for (const [index, value] of values.entries()) add(value, `${list}/${index}`);
    }
  }
  for (const [index, row] of include.entries()) {
    if (Object.hasOwn(row, axis)) add(row[axis] ?? null, joinPointer(`/include/${index}`, axis));
  }
  const labels = labelsOf([...found.values()].map(({ value }) => value));
  return new Map(
    [...found].map(([text, { value, pointer }], rank): [string, AxisValue] => {
      const where: AxisValue['where'] = (inside, part) => place.where(`${pointer}${inside}`, part);
      return [text, { value, text, label: labels[rank] ?? '', rank, where }];
    }),
  );
}

interface Reading {
  readonly axes: Readonly<Record<string, AxisRule>>;
  readonly values: Values;
  readonly place: MatrixPlace;
}

function axisRelation(axis: string, rule: AxisRule, { axes, values, place }: Reading): Relation {
  const known = values.get(axis) ?? new Map<string, AxisValue>();
  const valueOf = (value: JsonValue): AxisValue[] => listOf(known.get(canonicalJson(value)));
  if (!isJsonObject(rule)) {
    return {
      axes: [axis],
      rows: (rule as readonly JsonValue[]).flatMap((value) => valueOf(value).map((each) => ({ [axis]: each }))),
    };
  }
  const by = rule['by'] as string;
  const pointer = joinPointer('', axis);
  const others = Object.keys(axes).filter((name) => name !== axis && !isDependent(axes[name]));
  if (!others.includes(by)) {
    const message = `the axis ${axis} depends on "${by}", which is no axis of this matrix with a list of its own`;
    place.refuse(`${pointer}/by`, { code: 'unknown-axis', message, hint: didYouMean(by, others, 'axes with lists') });
    return once;
  }
  const lists = rule['values'] as Readonly<Record<string, readonly JsonValue[]>>;
  const keys = (axes[by] as readonly JsonValue[]).flatMap((value) => listOf(values.get(by)?.get(canonicalJson(value))));
  const labels = keys.map(({ label }) => label);
  const taken = new Set(labels);
  for (const label of Object.keys(lists).filter((each) => !taken.has(each))) {
    const hint = didYouMean(label, [...taken].slice(0, mostCompared), `values of ${by}`);
    place.refuse(
      joinPointer(`${pointer}/values`, label),
      { code: 'bad-matrix', message: `the axis ${by} has no value ${label}`, hint },
      'key',
    );
  }
  const rows = keys.flatMap((key): Combination[] => {
    const list = Object.hasOwn(lists, key.label) ? lists[key.label] : undefined;
    if (list === undefined) {
      const hint = `add "${key.label}: [ ]" with its values, or with none to leave it out`;
      place.refuse(
        `${pointer}/values`,
        { code: 'bad-matrix', message: `the axis ${axis} has no values for ${by}=${key.label}`, hint },
        'key',
      );
    }
    return (list ?? []).flatMap((value) => valueOf(value).map((each) => ({ [by]: key, [axis]: each })));
  });
  return { axes: [by, axis], rows };
}

/** With what was mistyped; more would take its time where much is. */
export const mostCompared = 200;

interface Including {
  readonly written: readonly string[];
  readonly values: Values;
  readonly place: MatrixPlace;
}

function includedRow(row: JsonObject, pointer: string, { written, values, place }: Including): Combination[] {
  for (const axis of Object.keys(row).filter((name) => !written.includes(name))) {
    const hint = didYouMean(axis, written, 'its axes');
    place.refuse(
      joinPointer(pointer, axis),
      { code: 'unknown-axis', message: `the matrix has no axis "${axis}"`, hint },
      'key',
    );
  }
  const missing = written.filter((axis) => !Object.hasOwn(row, axis));
  if (missing.length > 0) {
    const message = `this combination has no value of ${missing.join(', ')}; what is included names a value of every axis`;
    place.refuse(pointer, { code: 'bad-matrix', message });
    return [];
  }
  const entries = written.map((axis) => [axis, values.get(axis)?.get(canonicalJson(row[axis] ?? null))] as const);
  return [Object.fromEntries(entries) as Combination];
}

function distinct(rows: readonly Combination[], axes: readonly string[]): readonly Combination[] {
  return [...new Map(rows.map((row) => [axes.map((axis) => row[axis]?.label).join(','), row])).values()];
}

function listOf<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
