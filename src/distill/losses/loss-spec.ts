/** Losses as they are written in YAML. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { LossFormula } from '../../core/stage-type.ts';
import { constant } from './formula.ts';
import type { Quantity } from './formula.ts';
import { findLossType, lossMethods, lossTypeOf } from './registry.ts';
import type { LossSpec } from './registry.ts';

export type { LossSpec } from './registry.ts';

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

/** The numbers that its terms are computed with. */
export function lossFactors(loss: LossSpec): Readonly<Record<string, number>> {
  return lossTypeOf(loss).factors(loss);
}

/** The names of the terms that have a weight. */
export function lossTerms(loss: LossSpec): readonly string[] {
  return lossFormula(loss).terms.map(({ name }) => name);
}

export function lossFormula(loss: LossSpec): LossFormula {
  const { method, ...options } = loss;
  const type = lossTypeOf(loss);
  const written = Object.entries(options).map(([name, value]): [string, Quantity] => [name, constant(value)]);
  const { terms, where } = type.formula(Object.fromEntries(written));
  return {
    method,
    ...(type.source === undefined ? {} : { source: type.source }),
    terms: Object.entries(terms).flatMap(([name, term]) => {
      return term === undefined ? [] : [{ name, formula: term }];
    }),
    where,
  };
}
