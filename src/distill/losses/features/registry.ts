/** Every feature loss. A new one is a file beside this one, and a line here. */
import { attentionTransfer } from './attention-transfer.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';
import { hint } from './hint.ts';
import { pkt } from './pkt.ts';
import { relational } from './relational.ts';
import { similarityPreserving } from './similarity-preserving.ts';

const featureTypes = { hint, attentionTransfer, relational, similarityPreserving, pkt };

type SpecOf<Type> = Type extends FeatureType<infer Spec> ? Spec : never;

/** A feature loss with all its options written out. */
export type FeatureSpec = SpecOf<(typeof featureTypes)[keyof typeof featureTypes]>;

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(featureTypes));

export function findFeatureType(method: string): FeatureType<AnyFeatureSpec> | undefined {
  return byName.get(method) as FeatureType<AnyFeatureSpec> | undefined;
}

export function featureTypeOf({ method }: Pick<AnyFeatureSpec, 'method'>): FeatureType<AnyFeatureSpec> {
  const found = findFeatureType(method);
  if (found === undefined) throw new Error(`there is no feature loss ${method}`);
  return found;
}
