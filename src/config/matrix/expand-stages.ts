import type { ParsedNode } from 'yaml';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { StageId } from '../../core/ids.ts';
import type { StageVariant } from '../../core/pipeline-spec.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { DeferredText } from '../params/fill.ts';
import { joinPointer } from '../schema/pointer.ts';
import { locate } from '../locator.ts';
import type { Locator } from '../locator.ts';
import { childOf } from '../yaml/place.ts';
import type { Place } from '../yaml/place.ts';
import { deferredIn, fillDeferred } from './deferred.ts';
import type { Variant, VariantNeed } from './group.ts';
import { pipelinePlace, replicateAxis } from './group.ts';
import { expand } from './expand.ts';
import type { Expanded } from './expand.ts';
import { faultProblems } from './faults.ts';
import type { FaultPlace } from './faults.ts';
import { mostStages, readGroups } from './read-groups.ts';
import type { GroupsRequest, ReadGroups } from './read-groups.ts';
import { variantId } from './label.ts';
import { keyOn } from './relation.ts';

/** A stage as the file has it, or as one combination makes it. */
export interface WrittenStage {
  readonly id: StageId;
  readonly filled: FilledStage;
  readonly variant?: StageVariant;
  /** What it needs, by input, where that is not what is written. */
  readonly needs?: Readonly<Record<string, VariantNeed>>;
  readonly addToSeed: number;
  /** Something is wrong with the axes that it refers to, so that its values are not known. */
  readonly unfilled: boolean;
}

/** A stage with values for the axes that it refers to: all variants with the same ones share it. */
export interface FilledStage {
  /** As messages call it: by the axes that it refers to. */
  readonly name: string;
  readonly stage: JsonValue;
  readonly place: Place;
  readonly locator: Locator;
  /** Where to tell what is wrong with it. */
  readonly problems: Problem[];
  /** Axes are filled in outside of its options too. */
  readonly beyondOptions: boolean;
}

export interface ExpandedStages {
  /** In the order of the file, the variants of a stage beside one another. */
  readonly stages: readonly WrittenStage[];
  /** Of each stage that has variants, what they are filled in with. */
  readonly alike: readonly (readonly FilledStage[])[];
}

/** Every stage once for each combination of its axes. What is wrong with the axes is told, and the stages then stay as written. */
export function expandStages(request: GroupsRequest): ExpandedStages {
  const { problems } = request;
  if (!hasAxes(request)) return asWritten(request);
  const before = problems.length;
  refuseMisplaced(request);
  if (problems.length > before || isBroken(request)) return asWritten(request);
  const read = readGroups(request);
  if (problems.length > before) return asWritten(request);
  const order = orderOfAxes(read);
  const expanded = expand({ groups: read.groups, pipeline: read.pipeline.relation, order, most: mostStages });
  if (expanded === undefined) return asWritten(request);
  tellFaults(request, read, expanded);
  if (expanded.faults.length === 0) refuseUnused(request, read, expanded);
  return problems.length > before ? asWritten(request) : variantsOf(request, read, expanded);
}

function asWritten({ stages, locator, deferred, problems }: GroupsRequest): ExpandedStages {
  return {
    stages: stages.map(({ id, stage, place }) => {
      const filled = { name: id, stage, place, locator, problems, beyondOptions: false };
      return { id: id as StageId, filled, addToSeed: 0, unfilled: deferredIn(stage, deferred).length > 0 };
    }),
    alike: [],
  };
}

/** Most pipelines have none, and pay nothing. */
function hasAxes({ pipeline, stages, deferred }: GroupsRequest): boolean {
  if (deferred.size > 0 || pipeline['matrix'] !== undefined || pipeline['replicates'] !== undefined) return true;
  return stages.some(({ stage }) => {
    if (!isJsonObject(stage)) return false;
    const { matrix, replicates, gather, needs } = stage;
    if (matrix !== undefined || replicates !== undefined || gather !== undefined) return true;
    return isJsonObject(needs) && Object.values(needs).some(isJsonObject);
  });
}

/** Which stages there are is known before any axis has a value. */
const structural = ['type', 'needs', 'matrix', 'replicates', 'gather'] as const;

function refuseMisplaced({ pipeline, stages, deferred, problems }: GroupsRequest): void {
  if (deferred.size === 0) return;
  const refuse = (value: JsonValue | undefined, message: string): void => {
    for (const { references } of deferredIn(value, deferred)) {
      const [first] = references;
      if (first !== undefined) problems.push({ code: 'bad-reference', message, where: first.where });
    }
  };
  for (const [name, value] of Object.entries(pipeline))
    if (name !== 'stages') refuse(value, `axes have values in stages, not in "${name}" of the pipeline`);
  for (const { stage } of stages) {
    if (!isJsonObject(stage)) continue;
    for (const name of structural)
      refuse(stage[name], `an axis may not be filled in in "${name}": all variants of a stage have the same`);
  }
}

/** Whether something was told of the shape of what says which axes there are. */
function isBroken({ root, stages, problems }: GroupsRequest): boolean {
  if (problems.length === 0) return false;
  const inFile = problems.flatMap(({ where }) => (where?.source === root.document.source ? [where.start] : []));
  const offsets = inFile.sort((a, b) => a - b);
  const parts = [root, ...stages.map(({ place }) => place)].flatMap((place) =>
    structural.flatMap((name) => childOf(place, name) ?? []),
  );
  return parts.some(({ node, key }) => {
    const start = key?.range[0] ?? 0;
    const end = node?.range[1] ?? start;
    return (offsets[firstNotBefore(offsets, start)] ?? Infinity) <= end;
  });
}

/** By halving. */
function firstNotBefore(offsets: readonly number[], start: number): number {
  let [from, to] = [0, offsets.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((offsets[middle] ?? 0) < start) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** As declared: those of the pipeline, then those of the stages in their order; replicates change fastest. */
function orderOfAxes({ pipeline, groups }: ReadGroups): readonly string[] {
  const declared = [pipeline.relation, ...groups.map(({ own }) => own)].flatMap(({ axes }) => axes);
  const order = new Set(declared);
  if (order.delete(replicateAxis)) order.add(replicateAxis);
  return [...order];
}

function tellFaults(request: GroupsRequest, { groups }: ReadGroups, expanded: Expanded): void {
  if (expanded.faults.length === 0) return;
  const written = new Map(request.stages.map((stage) => [stage.id, stage]));
  const byId = new Map(groups.map((group) => [group.id, group]));
  for (const fault of expanded.faults) {
    const group = byId.get(fault.group);
    const stage = written.get(fault.group);
    if (group === undefined || stage === undefined) continue;
    const place: FaultPlace = {
      group,
      groups: expanded.groups,
      locate: (pointer, part) => locate(request.locator, stage.place, pointer, part).range,
      whereReferred: (axis) =>
        deferredIn(stage.stage, request.deferred)
          .flatMap(({ references }) => references)
          .filter((reference) => reference.axis === axis)
          .map(({ where }) => where),
      declarers: (axis) => groups.filter(({ own }) => own.axes.includes(axis)).map(({ id }) => id),
    };
    request.problems.push(...faultProblems(fault, place));
  }
}

/** An axis that changes nothing is mistyped where it is referred to, or was forgotten. */
function refuseUnused(
  { locator, root, stages, problems }: GroupsRequest,
  read: ReadGroups,
  { groups }: Expanded,
): void {
  const used = new Set(
    read.groups.flatMap(({ id, references }) =>
      references.map((axis) => axisName(groups.get(id)?.places.get(axis), axis)),
    ),
  );
  const places = new Map([[pipelinePlace, root], ...stages.map(({ id, place }) => [id, place] as const)]);
  const declared = [{ id: pipelinePlace, axes: read.pipeline }, ...read.groups];
  for (const { id, axes } of declared) {
    for (const axis of axes.listed.filter((name) => !used.has(axisName(id, name)))) {
      const isReplicates = axis === replicateAxis;
      const where = locate(
        locator,
        places.get(id) ?? root,
        isReplicates ? '/replicates' : `/matrix/${axis}`,
        'key',
      ).range;
      const message = isReplicates
        ? `no stage with these replicates draws at random or refers to \${matrix.replicate}, so that all of them would be alike`
        : `no stage refers to \${matrix.${axis}}, so that the axis changes nothing`;
      problems.push({ code: 'bad-matrix', message, where });
    }
  }
}

function axisName(place: string | undefined, axis: string): string {
  return `${place ?? ''}/${axis}`;
}

function variantsOf(request: GroupsRequest, { groups }: ReadGroups, expanded: Expanded): ExpandedStages {
  const filling = fillingOf(request);
  const drawing = new Set(groups.filter(({ draws }) => draws).map(({ id }) => id));
  const alike: FilledStage[][] = [];
  const stages = request.stages.flatMap((written): WrittenStage[] => {
    const axes = [...new Set(deferredIn(written.stage, request.deferred).flatMap(axesIn))];
    const filled = new Map<string, FilledStage>();
    const variants = (expanded.groups.get(written.id)?.variants ?? []).map((variant): WrittenStage => {
      const { id, combination, needs } = variant;
      const key = keyOn(combination, axes);
      const own = filled.get(key) ?? fillIn(filling, written, { variant, axes });
      filled.set(key, own);
      const addToSeed = drawing.has(written.id) ? Number(combination[replicateAxis]?.value ?? 0) : 0;
      const isOneOfSome = Object.keys(variant.axes).length > 0;
      return {
        ...{ id: id as StageId, filled: own, needs, addToSeed, unfilled: false },
        ...(isOneOfSome ? { variant: { of: written.id as StageId, axes: variant.axes } } : {}),
      };
    });
    alike.push([...filled.values()]);
    return variants;
  });
  return { stages, alike };
}

function axesIn({ references }: DeferredText): string[] {
  return references.map(({ axis }) => axis);
}

interface Filling extends GroupsRequest {
  /** Without what only waited for its axes. */
  readonly unknown: ReadonlySet<ParsedNode>;
}

function fillingOf(request: GroupsRequest): Filling {
  const waited = new Set([...request.deferred.values()].map(({ node }) => node));
  return { ...request, unknown: new Set([...request.locator.unknown].filter((node) => !waited.has(node))) };
}

function fillIn(
  { deferred, locator, unknown: known }: Filling,
  { id, stage, place }: GroupsRequest['stages'][number],
  { variant, axes }: { readonly variant: Variant; readonly axes: readonly string[] },
): FilledStage {
  const { combination } = variant;
  const matrix: JsonObject = Object.fromEntries(axes.map((axis) => [axis, combination[axis]?.value ?? null]));
  const problems: Problem[] = [];
  const unknown = new Set(known);
  const { with: _, ...others } = isJsonObject(stage) ? stage : {};
  const referred = Object.keys(variant.axes).filter((axis) => axes.includes(axis));
  return {
    name: variantId(
      id,
      referred.map((axis) => [axis, combination[axis]?.label ?? '']),
    ),
    stage: fillDeferred(stage, { deferred, matrix, problems, unknown }),
    beyondOptions: deferredIn(others, deferred).length > 0,
    place,
    problems,
    locator: {
      ...locator,
      unknown,
      whereInMatrix([axis = '', ...path], part) {
        const pointer = path.reduce(joinPointer, '');
        const range = combination[axis]?.where(pointer, part);
        return range?.writtenAt ?? range;
      },
    },
  };
}
