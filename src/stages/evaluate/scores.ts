/** Models side by side: what each is worth, and what a student has of its teacher. Pure. */
import type { JsonObject } from '../../base/json.ts';
import { agreement, evaluateLogits, meanKl } from '../../distill/evaluate.ts';
import type { SplitName } from '../artifacts/facts.ts';

export interface Predictions {
  /** The slot of the model: teacher, baseline, or any other name. */
  readonly name: string;
  readonly parameters: number;
  /** Of its weights. */
  readonly bytes: number;
  readonly splits: readonly SplitPredictions[];
}

export interface SplitPredictions {
  readonly name: SplitName;
  /** [count, classes] */
  readonly logits: Float32Array;
  readonly labels: ArrayLike<number>;
}

export interface Scores {
  /** With every figure: per class, and the confusion of classes. */
  readonly artifact: Readonly<Record<string, JsonObject>>;
  /** `student.validation.accuracy`, as gates name it. */
  readonly metrics: Readonly<Record<string, JsonObject>>;
}

/**
 * All models have predicted the same splits. With a model named `teacher`, each other one is compared with it: the share of images
 * for which both choose the same class, and the mean KL(teacher ‖ model) in nats. With a `baseline`, too, each other one has
 * `gapRecovered`: (model − baseline) / (teacher − baseline) in accuracy; null where the teacher is no better than the baseline.
 */
export function scoreModels(models: readonly Predictions[], classes: number): Scores {
  const artifact: Record<string, JsonObject> = {};
  const metrics: Record<string, JsonObject> = {};
  for (const model of models) {
    const { name, parameters, bytes } = model;
    const figures: Record<string, JsonObject> = {};
    const details: Record<string, JsonObject> = {};
    for (const split of model.splits) {
      const { count, accuracy, loss, errors, perClass, confusion } = evaluateLogits(
        split.logits,
        split.labels,
        classes,
      );
      const compared = compare({ models, name, split, classes, accuracy });
      figures[split.name] = { accuracy, loss, errors, ...compared };
      details[split.name] = {
        ...{ count, accuracy, loss, errors, ...compared },
        perClass: perClass.map((figure): JsonObject => ({ ...figure })),
        confusion,
      };
    }
    metrics[name] = { parameters, bytes, ...figures };
    artifact[name] = { parameters, bytes, splits: details };
  }
  return { artifact, metrics };
}

interface Comparison {
  readonly models: readonly Predictions[];
  readonly name: string;
  readonly split: SplitPredictions;
  readonly classes: number;
  readonly accuracy: number;
}

function compare({ models, name, split, classes, accuracy }: Comparison): JsonObject {
  const other = (wanted: string): SplitPredictions | undefined =>
    models.find((model) => model.name === wanted)?.splits.find((candidate) => candidate.name === split.name);
  const teacher = other('teacher');
  if (teacher === undefined || name === 'teacher') return {};
  const likeness = {
    agreement: agreement(teacher.logits, split.logits, classes),
    klToTeacher: meanKl(teacher.logits, split.logits, classes),
  };
  const baseline = other('baseline');
  if (baseline === undefined || name === 'baseline') return likeness;
  const bottom = evaluateLogits(baseline.logits, baseline.labels, classes).accuracy;
  const top = evaluateLogits(teacher.logits, teacher.labels, classes).accuracy;
  return { ...likeness, gapRecovered: top > bottom ? (accuracy - bottom) / (top - bottom) : null };
}
