/** The options of transform-data: written out, checked, and what they make of a data set, as far as it is known before. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { OptionProblem, StageCheck } from '../../core/stage-type.ts';
import {
  augmentationProblems,
  normalizeAugmentation,
  parseAugmentation,
} from '../../distill/augmentation/augmentation-spec.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';

export interface TransformOptions {
  readonly onlyClasses?: readonly number[];
  readonly withoutClasses?: readonly number[];
  readonly copies: number;
  readonly augmentation?: JsonObject;
}

export function parseTransform(options: JsonObject): TransformOptions {
  return options as unknown as TransformOptions;
}

/** How copies are moved has no part in a data set without copies. */
export function normalizeTransform(options: JsonObject): JsonObject {
  const { augmentation, onlyClasses, withoutClasses, ...rest } = options;
  const moved = augmentation === undefined || rest['copies'] === 0 ? undefined : normalizeAugmentation(augmentation);
  return {
    ...rest,
    ...(onlyClasses === undefined ? {} : { onlyClasses: classList(onlyClasses) }),
    ...(withoutClasses === undefined ? {} : { withoutClasses: classList(withoutClasses) }),
    ...(moved === undefined ? {} : { augmentation: moved }),
  };
}

export function checkTransform(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const data = readFacts(inputs['data']);
  const parsed = parseTransform(options);
  const problems = [...classProblems(parsed, data.classes), ...copyProblems(parsed, data.inputShape)];
  return problems.length > 0 ? { problems } : { problems, facts: writeFacts(knownFacts(parsed, data)) };
}

/** Whether images of this class stay. */
export function keepsClass({ onlyClasses, withoutClasses = [] }: TransformOptions, label: number): boolean {
  return (onlyClasses?.includes(label) ?? true) && !withoutClasses.includes(label);
}

/** A bare number is a list of one; the order says nothing. */
function classList(classes: JsonValue): JsonValue {
  if (typeof classes === 'number') return [classes];
  if (!Array.isArray(classes) || !classes.every((each) => typeof each === 'number')) return classes;
  return [...(classes as readonly number[])].sort((one, other) => one - other);
}

function classProblems(options: TransformOptions, classes: number | undefined): OptionProblem[] {
  const { onlyClasses, withoutClasses } = options;
  if (onlyClasses !== undefined && withoutClasses !== undefined) {
    return [
      {
        code: 'bad-option',
        message: '`onlyClasses` and `withoutClasses` both say which classes stay',
        hint: 'leave one of them out',
        pointer: '/with/withoutClasses',
        part: 'key',
      },
    ];
  }
  if (classes === undefined) return [];
  const name = onlyClasses === undefined ? 'withoutClasses' : 'onlyClasses';
  const unknown = (onlyClasses ?? withoutClasses ?? []).find((label) => label >= classes);
  const problem = (message: string): OptionProblem => {
    return { code: 'bad-option', message, hint: `classes are 0 to ${classes - 1}`, pointer: `/with/${name}` };
  };
  if (unknown !== undefined) return [problem(`there is no class ${unknown}: the data set has ${classes} classes`)];
  const some = Array.from({ length: classes }, (_, label) => label).some((label) => keepsClass(options, label));
  return some ? [] : [problem('no class is left')];
}

/** Copies without a movement, or a movement without copies, are a mistake, never a default. */
function copyProblems({ copies, augmentation }: TransformOptions, shape: KnownFacts['inputShape']): OptionProblem[] {
  if (!isJsonObject(augmentation)) {
    if (copies === 0) return [];
    return [
      {
        code: 'missing-key',
        message: '`copies` needs `augmentation`, which says how the copies are moved',
        hint: 'add for example `augmentation: { jitter: 2 }`; with `{ jitter: 0 }` the copies are as the images are',
        pointer: '/with/copies',
        part: 'key',
      },
    ];
  }
  if (copies === 0) {
    return [
      {
        code: 'missing-key',
        message: '`augmentation` moves copies of the training images, and `copies` does not say how many',
        hint: 'add for example `copies: 3`: the images as they are, and three moved copies of each',
        pointer: '/with/augmentation',
        part: 'key',
      },
    ];
  }
  return augmentationProblems(parseAugmentation(augmentation), shape).map(({ message, hint, pointer }) => {
    return { code: 'shape-mismatch', message, hint, pointer: `/with/augmentation${pointer}` };
  });
}

/** How many images of some classes there are is known when they are read. */
function knownFacts({ onlyClasses, withoutClasses, copies }: TransformOptions, data: KnownFacts): KnownFacts {
  const { inputShape, classes, counts } = data;
  const train = counts?.train;
  const filters = onlyClasses !== undefined || withoutClasses !== undefined;
  return {
    ...(inputShape === undefined ? {} : { inputShape }),
    ...(classes === undefined ? {} : { classes }),
    ...(train === undefined || filters ? {} : { counts: { ...counts, train: train * (1 + copies) } }),
  };
}
