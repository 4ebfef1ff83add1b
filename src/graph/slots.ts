import type { StageId } from '../core/ids.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import type { NeedSpec, PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import { slotName, slotOf } from '../core/stage-type.ts';
import type { Slot, StageType, StageTypes } from '../core/stage-type.ts';
import { didYouMean, listed, nearest } from '../diagnostics/nearest.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';

/**
 * Slots that a stage type does not have, that are filled with the wrong kind or with too many, or that are left open. Told of stages
 * as they are written: all variants of one have the same.
 */
export function slotProblems(spec: PipelineSpec, types: StageTypes): Problem[] {
  const stages = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const check: SlotCheck = { types, stages, makers: makersByKind(spec, types), problems: [] };
  for (const stage of spec.stages) {
    const type = types.get(stage.type);
    // Of a stage without a known type nothing is known; that was told.
    if (type !== undefined) checkSlots(check, stage, type);
  }
  return check.problems;
}

interface SlotCheck {
  readonly types: StageTypes;
  readonly stages: ReadonlyMap<StageId, StageSpec>;
  /** Stages by the kind that they make. */
  readonly makers: ReadonlyMap<string, readonly StageId[]>;
  readonly problems: Problem[];
}

function checkSlots(check: SlotCheck, stage: StageSpec, type: StageType): void {
  // A mistyped slot is not missing as well.
  const meant = new Set<string | undefined>();
  const filled = new Set<string>();
  for (const [input, need] of Object.entries(stage.needs)) {
    const name = slotName(input);
    const slot = slotOf(type, name);
    if (slot === undefined) {
      check.problems.push(unknownSlot(stage, type, name));
      meant.add(nearest(name, Object.keys(type.slots)));
      continue;
    }
    // Of those that are gathered, the first speaks for all.
    if (filled.has(name)) continue;
    filled.add(name);
    if (input !== name && slot.many !== true) check.problems.push(tooMany(check, { stage, name, need, slot }));
    checkKind(check, { stage, name, need, slot });
  }
  for (const [name, slot] of Object.entries(type.slots)) {
    if (slot.required && !filled.has(name) && !meant.has(name))
      check.problems.push(missingSlot(check, stage, name, slot));
  }
}

function unknownSlot(stage: StageSpec, type: StageType, name: string): Problem {
  const names = Object.keys(type.slots);
  const hint = names.length === 0 ? `${type.name} needs nothing` : didYouMean(name, names, 'slots');
  return {
    code: 'unknown-slot',
    message: `${type.name} has no slot "${name}"`,
    where: stage.locate(`/needs/${name}`, 'key'),
    ...(hint === undefined ? {} : { hint }),
  };
}

interface FilledSlot {
  readonly stage: StageSpec;
  readonly name: string;
  readonly need: NeedSpec;
  readonly slot: Slot;
}

function tooMany({ stages }: SlotCheck, { stage, name, need }: FilledSlot): Problem {
  const given = Object.keys(stage.needs).filter((input) => slotName(input) === name).length;
  const first = stages.get(need.stage);
  const of = first === undefined ? need.stage : writtenId(first);
  return {
    code: 'bad-matrix',
    message: `the slot "${name}" of ${stage.type} takes one artifact, and would be given those of ${given} variants of ${of}`,
    where: need.where,
    hint: `pick one, as { stage: ${of}, matrix: { … } }, or leave out of \`gather\` what tells them apart, so that each has its own ${writtenId(stage)}`,
  };
}

function checkKind(check: SlotCheck, { stage, name, need, slot }: FilledSlot): void {
  const producer = check.stages.get(need.stage);
  const made = check.types.get(producer?.type ?? '')?.output;
  if (made === undefined || made === slot.kind || slot.kind === 'any') return;
  const makers = makersOf(check, slot.kind, writtenId(stage));
  check.problems.push({
    code: 'wrong-slot-kind',
    message: `${name} wants ${slot.kind}, but ${producer === undefined ? need.stage : writtenId(producer)} makes ${made}`,
    where: need.where,
    hint: makers.length > 0 ? makersHint(makers, slot.kind) : typesHint(check, slot.kind),
    ...originOf(need.where),
  });
}

function missingSlot(check: SlotCheck, stage: StageSpec, name: string, slot: Slot): Problem {
  const makers = makersOf(check, slot.kind, writtenId(stage));
  const [first] = makers;
  return {
    code: 'missing-slot',
    message: `${writtenId(stage)} does not say which stage fills its slot "${name}" (${slot.kind})`,
    where: stage.locate(Object.keys(stage.needs).length > 0 ? '/needs' : '', 'key'),
    hint:
      first === undefined
        ? typesHint(check, slot.kind)
        : `add "${name}: ${first}" to its needs${makers.length > 1 ? `; ${makersHint(makers, slot.kind)}` : ''}`,
  };
}

function makersByKind(spec: PipelineSpec, types: StageTypes): Map<string, StageId[]> {
  const makers = new Map<string, StageId[]>();
  const named = new Set<StageId>();
  for (const stage of spec.stages) {
    const id = writtenId(stage);
    const kind = types.get(stage.type)?.output;
    if (kind === undefined || named.has(id)) continue;
    named.add(id);
    const others = makers.get(kind);
    if (others === undefined) makers.set(kind, [id]);
    else others.push(id);
  }
  return makers;
}

/** Stages that make what a slot wants, but the one whose slot it is. A few: they are shown to people. */
function makersOf({ makers }: SlotCheck, kind: string, but: StageId): readonly StageId[] {
  return (makers.get(kind) ?? []).slice(0, 8).filter((id) => id !== but);
}

function makersHint(makers: readonly StageId[], kind: string): string {
  return `${listed(makers, 5)} ${makers.length === 1 ? 'makes' : 'make'} ${kind}`;
}

function typesHint({ types }: SlotCheck, kind: string): string {
  const makers = [...types.values()].filter((type) => type.output === kind).map((type) => type.name);
  return makers.length === 0
    ? `no stage type makes ${kind}`
    : `no stage makes ${kind}; add one of type ${listed(makers)}`;
}
