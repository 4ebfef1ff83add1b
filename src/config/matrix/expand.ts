import type { VariantAxes } from '../../core/pipeline-spec.ts';
import { type Edge, edgeOf, needFinder } from './edges.ts';
import { pipelinePlace, replicateAxis } from './group.ts';
import type { ExpandedGroup, Fault, Group, Variant } from './group.ts';
import { variantId } from './label.ts';
import { needsFirst } from './needs-first.ts';
import { TooMany, join, project, sortRows, without } from './relation.ts';
import type { Combination, Relation } from './relation.ts';

export interface ExpandRequest {
  /** In the order of the file. */
  readonly groups: readonly Group[];
  /** The pipeline's own axes. */
  readonly pipeline: Relation;
  /** All axes there are, in the order that they have in ids. */
  readonly order: readonly string[];
  /** Stages in all. */
  readonly most: number;
}

export interface Expanded {
  readonly groups: ReadonlyMap<string, ExpandedGroup>;
  readonly faults: readonly Fault[];
}

/**
 * A stage has the axes that it declares, those that it refers to, and those of what it needs, unless it gathers them. Its variants
 * are the combinations on which all of these agree. Linear in stages, variants and edges.
 * @returns undefined where needs go in a circle, which is told elsewhere
 */
export function expand(request: ExpandRequest): Expanded | undefined {
  const groups = needsFirst(request.groups);
  if (groups === undefined) return undefined;
  const byId = new Map(groups.map((group) => [group.id, group]));
  const state = { done: new Map(), faults: [], left: request.most, projections: new Map() };
  const expanding: Expanding = { ...request, ...state, byId };
  for (const group of groups) {
    try {
      expandGroup(expanding, group);
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      expanding.faults.push({ group: group.id, kind: 'too-many' });
      break;
    }
  }
  return { groups: expanding.done, faults: expanding.faults };
}

interface Expanding extends ExpandRequest {
  readonly byId: ReadonlyMap<string, Group>;
  readonly done: Map<string, ExpandedGroup>;
  readonly faults: Fault[];
  left: number;
  /** Of the pipeline's axes: many stages ask for the same ones. */
  readonly projections: Map<string, Relation>;
}

function expandGroup(expanding: Expanding, group: Group): void {
  const { done, faults, left } = expanding;
  const before = faults.length;
  const edges = Object.entries(group.needs).map((need) =>
    edgeOf(group, need, { from: done.get(need[1].stage), faults }),
  );
  const places = placesOfAxes(expanding, group, edges);
  let relation = group.own;
  for (const { matched, variants } of edges) {
    if (matched.length === 0) continue;
    const given = variants.map(({ combination }) => combination);
    relation = join(relation, project(given, matched), left);
  }
  const shared = expanding.pipeline.axes.filter((axis) => places.get(axis) === pipelinePlace);
  if (shared.length > 0) relation = join(relation, pipelineOn(expanding, shared), left);
  const rows = withoutExcluded(expanding, group, { relation, places });
  if (rows.length > left) throw new TooMany();
  const isTold = faults.length > before || edges.some(({ stage }) => done.get(stage)?.variants.length === 0);
  if (rows.length === 0 && !isTold) faults.push({ group: group.id, kind: 'nothing-left' });
  const axes = expanding.order.filter((axis) => places.has(axis));
  const finders = edges.map(needFinder);
  const variants = sortRows(rows, axes).map((combination): Variant => {
    const labels = axes.map((axis) => [axis, combination[axis]?.label ?? ''] as const);
    const needs = Object.fromEntries(finders.flatMap((find) => find(combination)));
    return { id: variantId(group.id, labels), combination, axes: axesOf(combination, axes), needs };
  });
  expanding.left -= variants.length;
  done.set(group.id, { axes, places, variants });
}

/** The axes of a group, each with the place where it is declared; all that is wrong with their names is told. */
function placesOfAxes(expanding: Expanding, group: Group, edges: readonly Edge[]): ReadonlyMap<string, string> {
  const { pipeline, done, faults } = expanding;
  const places = new Map(group.own.axes.map((axis) => [axis, group.id]));
  const gathered = new Set<string>();
  for (const { slot, stage, matched, gathered: all } of edges) {
    for (const axis of all) gathered.add(axis);
    for (const axis of matched) {
      const place = done.get(stage)?.places.get(axis) ?? pipelinePlace;
      const before = places.get(axis) ?? place;
      places.set(axis, before);
      if (before !== place && !areReplicates(expanding, axis, [before, place]))
        faults.push({ group: group.id, kind: 'two-axes', slot, axis, places: [before, place] });
    }
  }
  const needed = edges.flatMap(({ stage }) => done.get(stage)?.axes ?? []);
  for (const axis of group.gather) {
    if (!gathered.has(axis))
      faults.push({ group: group.id, kind: 'unknown-gather', axis, known: [...new Set(needed)] });
  }
  const known = [...new Set([...places.keys(), ...pipeline.axes])];
  for (const axis of group.references) {
    if (places.has(axis)) continue;
    if (group.gather.includes(axis)) faults.push({ group: group.id, kind: 'gathered-reference', axis });
    else if (pipeline.axes.includes(axis)) places.set(axis, pipelinePlace);
    else faults.push({ group: group.id, kind: 'unknown-reference', axis, known });
  }
  return places;
}

/** Replicates are one axis, whoever declares them, if there are as many. */
function areReplicates({ byId }: Expanding, axis: string, places: readonly string[]): boolean {
  if (axis !== replicateAxis) return false;
  const counts = places.map((place) => project(byId.get(place)?.own.rows ?? [], [axis]).rows.length);
  return new Set(counts).size === 1;
}

function pipelineOn({ pipeline, projections }: Expanding, axes: readonly string[]): Relation {
  const key = axes.join(',');
  const known = projections.get(key) ?? project(pipeline.rows, axes);
  projections.set(key, known);
  return known;
}

function withoutExcluded(
  { faults }: Expanding,
  group: Group,
  { relation, places }: { readonly relation: Relation; readonly places: ReadonlyMap<string, string> },
): readonly Combination[] {
  const known = [...places.keys()];
  for (const [index, pattern] of group.exclude.entries()) {
    for (const axis of Object.keys(pattern).filter((name) => !places.has(name)))
      faults.push({ group: group.id, kind: 'unknown-exclude', index, axis, known });
  }
  return without(relation.rows, group.exclude);
}

/** As programs are told them: numbers as numbers. */
function axesOf(combination: Combination, axes: readonly string[]): VariantAxes {
  return Object.fromEntries(
    axes.map((axis) => {
      const { value, label = '' } = combination[axis] ?? {};
      const isPlain = (typeof value === 'number' || typeof value === 'boolean') && String(value) === label;
      return [axis, isPlain ? value : label];
    }),
  );
}
