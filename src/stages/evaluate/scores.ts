/** Models side by side: what each is worth, and what a student has of its teacher. Pure. */
import type { JsonObject } from '../../base/json.ts';
import { calibration } from '../../distill/calibration.ts';
import { agreement, errorOverlap, evaluateLogits, meanKl } from '../../distill/evaluate.ts';
import type { Evaluation } from '../artifacts/evaluation.ts';
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
  /** By model, with every figure: per class, and the confusion of classes. */
  readonly models: Evaluation['models'];
  /** `student.validation.accuracy`, as gates name it. */
  readonly metrics: Readonly<Record<string, JsonObject>>;
}

/**
 * All models have predicted the same splits. Each has accuracy, mean cross-entropy and calibration. With a model named `teacher`, each
 * other one is compared with it, and with one named `baseline`, too, it is told what it has of the gap between the two: docs/scorecard.md.
 */
export function scoreModels(models: readonly Predictions[], classes: number): Scores {
  const evaluated: Record<string, Evaluation['models'][string]> = {};
  const metrics: Record<string, JsonObject> = {};
  for (const model of models) {
    const { name, parameters, bytes } = model;
    const figures: Record<string, JsonObject> = {};
    const details: Partial<Record<SplitName, { figures: JsonObject; logits: Float32Array }>> = {};
    for (const split of model.splits) {
      const { logits, labels } = split;
      const { count, accuracy, loss, errors, perClass, confusion } = evaluateLogits(logits, labels, classes);
      const own = { accuracy, loss, errors, ...calibration(logits, labels, classes) };
      const compared = compare({ models, name, split, classes, accuracy });
      figures[split.name] = { ...own, ...compared, recallPerClass: perClass.map(({ recall }) => recall) };
      const byClass = { perClass: perClass.map((figure): JsonObject => ({ ...figure })), confusion };
      details[split.name] = { figures: { count, ...own, ...compared, ...byClass }, logits };
    }
    metrics[name] = { parameters, bytes, ...figures };
    evaluated[name] = { parameters, bytes, splits: details };
  }
  return { models: evaluated, metrics };
}

interface Comparison {
  readonly models: readonly Predictions[];
  readonly name: string;
  readonly split: SplitPredictions;
  readonly classes: number;
  readonly accuracy: number;
}

function compare(comparison: Comparison): JsonObject {
  const { models, name, split } = comparison;
  const other = (wanted: string): SplitPredictions | undefined =>
    name === wanted
      ? undefined
      : models.find((model) => model.name === wanted)?.splits.find((candidate) => candidate.name === split.name);
  const [teacher, baseline] = [other('teacher'), other('baseline')];
  return {
    ...(teacher === undefined ? {} : besideTeacher(comparison, teacher)),
    ...(baseline === undefined || name === 'teacher' ? {} : besideBaseline(comparison, baseline)),
    ...(teacher === undefined || baseline === undefined ? {} : gap(comparison, teacher, baseline)),
  };
}

/** Its errors are shared with the teacher, or new: the teacher does not make them. */
function besideTeacher({ split, classes }: Comparison, teacher: SplitPredictions): JsonObject {
  const { both, onlySecond } = errorOverlap(teacher.logits, split.logits, { labels: split.labels, classes });
  return {
    agreement: agreement(teacher.logits, split.logits, classes),
    klToTeacher: meanKl(teacher.logits, split.logits, classes),
    errorsShared: both,
    errorsNew: onlySecond,
  };
}

/** Errors of the baseline that it does not make are mended, those that it makes and the baseline does not are made. */
function besideBaseline({ split, classes }: Comparison, baseline: SplitPredictions): JsonObject {
  const { onlyFirst, onlySecond } = errorOverlap(baseline.logits, split.logits, { labels: split.labels, classes });
  return { errorsMended: onlyFirst, errorsMade: onlySecond };
}

/** (model − baseline) / (teacher − baseline) in accuracy; null where the teacher is no better than the baseline. */
function gap({ classes, accuracy }: Comparison, teacher: SplitPredictions, baseline: SplitPredictions): JsonObject {
  const bottom = evaluateLogits(baseline.logits, baseline.labels, classes).accuracy;
  const top = evaluateLogits(teacher.logits, teacher.labels, classes).accuracy;
  return { gapRecovered: top > bottom ? (accuracy - bottom) / (top - bottom) : null };
}
