/** Every loss. A new one is a file beside this one, and a line here. */
import { hardLabels } from './hard-labels.ts';
import { hinton } from './hinton.ts';
import type { LossType } from './loss-type.ts';
import { softTargets } from './soft-targets.ts';

const lossTypes = { hardLabels, hinton, softTargets };

type SpecOf<Type> = Type extends LossType<infer Spec> ? Spec : never;

/** A loss with all its options written out. */
export type LossSpec = SpecOf<(typeof lossTypes)[keyof typeof lossTypes]>;

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(lossTypes));

export function findLossType(method: string): LossType<{ readonly method: string }> | undefined {
  return byName.get(method) as LossType<{ readonly method: string }> | undefined;
}

export function lossTypeOf({ method }: { readonly method: string }): LossType<{ readonly method: string }> {
  const found = findLossType(method);
  if (found === undefined) throw new Error(`there is no loss ${method}`);
  return found;
}
