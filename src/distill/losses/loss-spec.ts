/** Losses as they are written in YAML. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { LossFormula } from '../../core/stage-type.ts';
import { constant, letterOf } from './formula.ts';
import type { Quantity } from './formula.ts';
import { findLossType, lossMethods, lossTypeOf } from './registry.ts';
import type { PlainLoss } from './registry.ts';
import { describeSchedule, isScheduled, rampAt, scheduleReadsTotal, valueAt } from './schedule.ts';
import type { Progress, Scheduled } from './schedule.ts';

/** A loss with all its options written out, numbers or schedules of them. */
export type LossSpec = WithSchedules<PlainLoss>;

type WithSchedules<Loss> = Loss extends PlainLoss
  ? {
      readonly [Option in keyof Loss]: Option extends 'warmupEpochs' | 'peers'
        ? Loss[Option]
        : number extends Loss[Option]
          ? Scheduled
          : Loss[Option];
    }
  : never;

/**
 * `distillation:` with its method's defaults written out: `{ method: hinton }` becomes `{ method: hinton, temperature: 4, alpha: 0.9 }`.
 * Expects what the schema accepts; what it does not understand it leaves as it is.
 */
export function normalizeDistillation(distillation: JsonValue): JsonValue {
  if (typeof distillation === 'string') return normalizeDistillation({ method: distillation });
  if (!isJsonObject(distillation)) return distillation;
  const { method } = distillation;
  const type = typeof method === 'string' ? findLossType(method) : undefined;
  return type === undefined ? distillation : { ...type.defaults, ...distillation };
}

/** @param distillation of {@link normalizeDistillation}, accepted by the schema; undefined for labels alone */
export function parseLoss(distillation: JsonObject | undefined): LossSpec {
  return (distillation ?? { method: 'hardLabels' }) as unknown as LossSpec;
}

/** Whether training needs the teacher's logits. */
export function needsTeacher(loss: LossSpec): boolean {
  return lossTypeOf(loss).needsTeacher;
}

/** How many students learn beside the one that is kept. */
export function peerCount(loss: LossSpec): number {
  return 'peers' in loss ? loss.peers : 0;
}

/** The options of a method, besides its name. */
export function optionsOf(method: string): readonly string[] {
  return Object.keys(lossTypeOf({ method }).defaults);
}

/** The methods that have such an option. */
export function methodsWith(option: string): readonly string[] {
  return lossMethods.filter((method) => optionsOf(method).includes(option));
}

export function methodsWithTeacher(): readonly string[] {
  return lossMethods.filter((method) => lossTypeOf({ method }).needsTeacher);
}

/** Whether its numbers change from step to step. */
export function isChanging(loss: LossSpec): boolean {
  return Object.values(optionsIn(loss)).some(isScheduled) || warmupOf(loss) > 1;
}

/** Whether a step depends on the total number of epochs: then 10 epochs are not 5 epochs and 5 more. */
export function lossReadsTotal(loss: LossSpec): boolean {
  return Object.values(optionsIn(loss)).some(scheduleReadsTotal);
}

/** The numbers that its terms are computed with, at this moment. */
export function lossFactors(loss: LossSpec, at: Progress = BEGINNING): Readonly<Record<string, number>> {
  const plain = { ...optionsAt(loss, at), method: loss.method };
  return lossTypeOf(loss).factors(plain, rampAt(warmupOf(loss), at));
}

const BEGINNING: Progress = { epoch: 0, epochs: 1 };

/** The options that change, as they are at this moment. */
export function scheduledOptions(loss: LossSpec, at: Progress): Readonly<Record<string, number>> {
  const changing = Object.entries(optionsIn(loss)).filter(([, value]) => isScheduled(value));
  return Object.fromEntries(changing.map(([name, value]) => [name, valueAt(value, at)]));
}

function optionsAt(loss: LossSpec, at: Progress): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(optionsIn(loss)).map(([name, value]) => [name, valueAt(value, at)]));
}

/** All but `warmupEpochs`, which is no number of the loss itself. */
function optionsIn(loss: LossSpec): Readonly<Record<string, Scheduled>> {
  const own = optionsOf(loss.method);
  const written = Object.entries(loss as unknown as Readonly<Record<string, Scheduled>>);
  return Object.fromEntries(written.filter(([name]) => own.includes(name) && name !== 'warmupEpochs'));
}

function warmupOf(loss: LossSpec): number {
  return 'warmupEpochs' in loss ? (loss.warmupEpochs ?? 0) : 0;
}

/** The names of the terms that have a weight. */
export function lossTerms(loss: LossSpec): readonly string[] {
  return lossFormula(loss).terms.map(({ name }) => name);
}

/** The loss in writing: what changes is a letter, and said beside the others. */
export function lossFormula(loss: LossSpec): LossFormula {
  const { method } = loss;
  const type = lossTypeOf(loss);
  const options = Object.entries(optionsIn(loss));
  const quantities = options.map(([name, value]): [string, Quantity] => {
    return [name, isScheduled(value) ? { text: letterOf(name) } : constant(value)];
  });
  const schedules = options.flatMap(([name, value]) => {
    return isScheduled(value) ? [describeSchedule(letterOf(name), value)] : [];
  });
  const warmup = warmupOf(loss);
  const ramp: Quantity = warmup > 1 ? { text: 'r' } : constant(1);
  const { terms, where } = type.formula(Object.fromEntries(quantities), ramp);
  return {
    method,
    ...(type.source === undefined ? {} : { source: type.source }),
    terms: Object.entries(terms).flatMap(([name, term]) => {
      return term === undefined ? [] : [{ name, formula: term }];
    }),
    where: [...where, ...schedules, ...(warmup > 1 ? [`r = k / ${warmup} in the k-th epoch, at most 1`] : [])],
  };
}
