/** Feature losses as they are written in YAML, in `distillation.features`. Pure: planning reads them, too. */
import { isJsonObject } from '../../../base/json.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';
import type { LossFormula } from '../../../core/stage-type.ts';
import { constant, product } from '../formula.ts';
import { featureTypeOf, findFeatureType } from './registry.ts';
import type { FeatureSpec } from './registry.ts';

export type { FeatureSpec } from './registry.ts';

/** With defaults written out. Expects what the schema accepts; what it does not understand it leaves as it is. */
export function normalizeFeatures(features: JsonValue): JsonValue {
  if (!Array.isArray(features)) return features;
  return features.map((feature: JsonValue) => {
    const method = isJsonObject(feature) ? feature['method'] : undefined;
    const type = typeof method === 'string' ? findFeatureType(method) : undefined;
    return type === undefined ? feature : { ...type.defaults, ...(feature as JsonObject) };
  });
}

/** @param features of {@link normalizeFeatures}, accepted by the schema */
export function parseFeatures(features: JsonValue): readonly FeatureSpec[] {
  return features as unknown as readonly FeatureSpec[];
}

/** A name for each loss, unique among them: the second hint is `hint2`. */
export function featureNames(losses: readonly Pick<FeatureSpec, 'method'>[]): readonly string[] {
  return losses.map(({ method }, index) => {
    const before = losses.slice(0, index).filter((other) => other.method === method).length;
    return before === 0 ? method : `${method}${before + 1}`;
  });
}

/** The whole loss in writing: that on logits, then those of features. */
export function withFeatures(logits: LossFormula, losses: readonly FeatureSpec[], hintEpochs: number): LossFormula {
  if (losses.length === 0) return logits;
  const names = featureNames(losses);
  const written = losses.map((spec, index) => {
    const [f, g] = [`f${index + 1}`, `g${index + 1}`];
    const { text, where } = featureTypeOf(spec).formula(f, g, spec);
    return {
      term: { name: names[index] ?? '', formula: product([constant(spec.weight)], text) ?? text },
      where: [`${f} = the student's ${spec.student}, ${g} = the teacher's ${spec.teacher}`, ...where],
    };
  });
  const first = hintEpochs === 1 ? 'the first epoch' : `the first ${hintEpochs} epochs`;
  const stages = hintEpochs === 0 ? [] : [`in ${first} the hints alone, then all but the hints`];
  const sources = [logits.source, ...losses.map((spec) => featureTypeOf(spec).source)].filter(
    (each) => each !== undefined,
  );
  return {
    method: [logits.method, ...new Set(losses.map(({ method }) => method))].join(', '),
    source: [...new Set(sources)].join(', '),
    terms: [...logits.terms, ...written.map(({ term }) => term)],
    where: [...new Set([...logits.where, ...written.flatMap(({ where }) => where), ...stages])],
  };
}
