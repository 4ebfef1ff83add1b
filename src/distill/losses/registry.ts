/** Every loss. A new one is a file beside this one, and a line here. */
import { dkd } from './dkd.ts';
import { hardLabels } from './hard-labels.ts';
import { hinton } from './hinton.ts';
import { labelSmoothing } from './label-smoothing.ts';
import { logitStandardization } from './logit-standardization.ts';
import type { LossType } from './loss-type.ts';
import { mutual } from './mutual.ts';
import { softTargets } from './soft-targets.ts';
import { teacherFree } from './teacher-free.ts';

const lossTypes = { hardLabels, hinton, softTargets, dkd, logitStandardization, labelSmoothing, teacherFree, mutual };

type SpecOf<Type> = Type extends LossType<infer Spec, infer _Name> ? Spec : never;

/** A loss with all its options written out, as it is at one moment. */
export type PlainLoss = SpecOf<(typeof lossTypes)[keyof typeof lossTypes]>;

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(lossTypes));

export const lossMethods: readonly string[] = Object.keys(lossTypes);

export function findLossType(method: string): LossType<{ readonly method: string }> | undefined {
  return byName.get(method) as LossType<{ readonly method: string }> | undefined;
}

export function lossTypeOf({ method }: { readonly method: string }): LossType<{ readonly method: string }> {
  const found = findLossType(method);
  if (found === undefined) throw new Error(`there is no loss ${method}`);
  return found;
}
