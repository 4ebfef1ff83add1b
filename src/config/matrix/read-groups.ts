import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { StageTypes } from '../../core/stage-type.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import { originOf } from '../../diagnostics/origin.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { locate } from '../locator.ts';
import type { Locator } from '../locator.ts';
import { joinPointer } from '../schema/pointer.ts';
import type { Place } from '../yaml/place.ts';
import { mostCompared, readMatrix } from './axes.ts';
import type { MatrixPlace, ReadMatrix } from './axes.ts';
import { deferredIn } from './deferred.ts';
import type { DeferredTexts } from './deferred.ts';
import type { Group, GroupNeed } from './group.ts';
import { replicateAxis } from './group.ts';
import { TooMany, join, once } from './relation.ts';
import type { Pattern, Relation } from './relation.ts';

/** Stages in all, and combinations of one matrix. */
export const mostStages = 10_000;

/** What a pipeline or a stage says of its axes, and where. */
export interface Axes {
  readonly relation: Relation;
  /** Have to be referred to by some stage. */
  readonly listed: readonly string[];
  readonly exclude: ReadMatrix['exclude'];
}

export interface ReadGroups {
  readonly pipeline: Axes;
  readonly groups: readonly GroupAsRead[];
}

export interface GroupAsRead extends Group {
  readonly axes: Axes;
  /** Replicate k adds k to its seed. */
  readonly draws: boolean;
}

export interface GroupsRequest {
  /** The pipeline, filled in but for what refers to axes. */
  readonly pipeline: JsonObject;
  readonly root: Place;
  readonly stages: readonly { readonly id: string; readonly stage: JsonValue; readonly place: Place }[];
  readonly locator: Locator;
  readonly deferred: DeferredTexts;
  readonly types: StageTypes;
  readonly problems: Problem[];
}

/** What stands in the pipeline about axes; its shape is valid. */
export function readGroups(request: GroupsRequest): ReadGroups {
  const own = readAxes(request, request.pipeline, request.root);
  refuseUnknownExclusions(request, own);
  const drawn = drawnStages(request);
  const groups = request.stages.map(({ id, stage, place }): GroupAsRead => {
    const members = isJsonObject(stage) ? stage : {};
    const axes = readAxes(request, members, place);
    refuseDeclaredTwice(request, { id, place, own: axes, pipeline: own });
    const draws = drawn.has(id) || (members['replicates'] !== undefined && usesSeed(request, members));
    const referred = deferredIn(stage, request.deferred).flatMap(({ references }) => references);
    const references = [...referred.map(({ axis }) => axis), ...(draws ? [replicateAxis] : [])];
    return {
      id,
      axes,
      draws,
      own: axes.relation,
      references: [...new Set(references)],
      needs: needsOf(members['needs']),
      gather: (members['gather'] ?? []) as readonly string[],
      exclude: axes.exclude.map(({ pattern }) => pattern),
    };
  });
  return { pipeline: own, groups };
}

/** In a stage, exclusions may name axes of others; the pipeline has none but its own. */
function refuseUnknownExclusions(request: GroupsRequest, { relation, exclude }: Axes): void {
  const { refuse } = placeOf(request, request.root);
  for (const { pattern, pointer } of exclude) {
    for (const axis of Object.keys(pattern).filter((name) => !relation.axes.includes(name))) {
      const hint = didYouMean(axis, relation.axes, 'its axes');
      const message = `the pipeline's matrix has no axis "${axis}"`;
      refuse(joinPointer(pointer, axis), { code: 'unknown-axis', message, hint }, 'key');
    }
  }
}

function readAxes(request: GroupsRequest, members: JsonObject, place: Place): Axes {
  const { matrix, replicates } = members;
  const at = placeOf(request, place);
  let axes: Axes = { relation: once, listed: [], exclude: [] };
  try {
    if (isJsonObject(matrix)) axes = readMatrix(matrix, at);
    const count = isJsonObject(replicates) ? replicates['count'] : replicates;
    if (typeof count !== 'number') return axes;
    const relation = join(axes.relation, replicateRelation(count, request, place), mostStages);
    return { ...axes, relation, listed: [...axes.listed, replicateAxis] };
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    const message = `this matrix makes more than ${mostStages.toLocaleString('en')} combinations`;
    at.refuse('', { code: 'bad-matrix', message }, 'key');
    return axes;
  }
}

function placeOf({ locator, problems }: GroupsRequest, place: Place): MatrixPlace {
  const where: MatrixPlace['where'] = (pointer, part) => locate(locator, place, `/matrix${pointer}`, part).range;
  return {
    where,
    refuse(pointer, { code, message, hint }, part) {
      const range = where(pointer, part);
      problems.push({ code, message, where: range, ...(hint === undefined ? {} : { hint }), ...originOf(range) });
    },
    most: mostStages,
  };
}

function replicateRelation(count: number, { locator }: GroupsRequest, place: Place): Relation {
  const where = () => locate(locator, place, '/replicates').range;
  const rows = Array.from({ length: count }, (_, value) => {
    const text = String(value);
    return { [replicateAxis]: { value, text, label: text, rank: value, where } };
  });
  return { axes: [replicateAxis], rows };
}

/** The stages that take part in the pipeline's replicates: those named, else all that draw at random or refer to the replicate. */
function drawnStages(request: GroupsRequest): ReadonlySet<string> {
  const { pipeline, root, stages, locator, problems } = request;
  const { replicates } = pipeline;
  if (replicates === undefined) return new Set();
  const drawing = stages.filter(({ stage }) => isDrawn(request, stage)).map(({ id }) => id);
  const draw = isJsonObject(replicates) ? replicates['draw'] : undefined;
  if (!Array.isArray(draw)) return new Set(drawing);
  const ids = new Set(stages.map(({ id }) => id));
  const known = new Set(drawing);
  for (const [index, name] of (draw as readonly string[]).entries()) {
    if (known.has(name)) continue;
    const where = locate(locator, root, `/replicates/draw/${index}`).range;
    const [code, message] = ids.has(name)
      ? (['bad-matrix', `${name} draws nothing at random, so that all of its replicates would be alike`] as const)
      : (['unknown-stage', `the pipeline has no stage "${name}"`] as const);
    const hint = didYouMean(name, drawing.slice(0, mostCompared), 'stages that draw at random');
    problems.push({ code, message, where, ...(hint === undefined ? {} : { hint }), ...originOf(where) });
  }
  return new Set(draw as readonly string[]);
}

function isDrawn(request: GroupsRequest, stage: JsonValue): boolean {
  if (isJsonObject(stage) && usesSeed(request, stage)) return true;
  return deferredIn(stage, request.deferred).some(({ references }) => {
    return references.some(({ axis }) => axis === replicateAxis);
  });
}

function usesSeed({ types }: GroupsRequest, stage: JsonObject): boolean {
  const { type } = stage;
  return typeof type === 'string' && types.get(type)?.uses.seed === true;
}

interface DeclaredTwice {
  readonly id: string;
  readonly place: Place;
  readonly own: Axes;
  readonly pipeline: Axes;
}

function refuseDeclaredTwice(
  { locator, root, problems }: GroupsRequest,
  { id, place, own, pipeline }: DeclaredTwice,
): void {
  for (const axis of own.relation.axes.filter((name) => pipeline.relation.axes.includes(name))) {
    const pointer = axis === replicateAxis ? '/replicates' : joinPointer('/matrix', axis);
    const hint =
      axis === replicateAxis
        ? "name the stages that take part under the pipeline's `replicates: { count, draw }`"
        : 'leave it to the pipeline, or give one of the two another name';
    problems.push({
      code: 'bad-matrix',
      message: `${id} and the pipeline both declare the axis ${axis}`,
      where: locate(locator, place, pointer, 'key').range,
      hint,
      related: [{ message: "the pipeline's", where: locate(locator, root, pointer, 'key').range }],
    });
  }
}

function needsOf(needs: JsonValue | undefined): Record<string, GroupNeed> {
  if (!isJsonObject(needs)) return {};
  const read: Record<string, GroupNeed> = {};
  for (const [slot, need] of Object.entries(needs)) {
    const pick = isJsonObject(need) ? need['matrix'] : undefined;
    read[slot] = { stage: stageNeeded(need) ?? '', pick: (pick ?? {}) as Pattern };
  }
  return read;
}

/** `train-student`, or `{ stage: train-student, … }`. */
export function stageNeeded(need: JsonValue): string | undefined {
  const stage = isJsonObject(need) ? need['stage'] : need;
  return typeof stage === 'string' ? stage : undefined;
}
