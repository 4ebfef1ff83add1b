import type { JsonObject } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { ExternalFile, OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';

export interface PredictSavedModelOptions {
  /** The person's folder. */
  readonly model: string;
  readonly signature?: string;
  readonly input?: string;
  readonly output?: string;
  readonly values: 'logits' | 'probabilities';
  readonly pixels?: 'unit' | 'signed' | 'raw';
  readonly normalize?: Normalization;
  readonly layout: 'channelsLast' | 'channelsFirst';
  readonly splits: readonly SplitName[];
  readonly batchSize: number;
}

/** A number for each channel, or one for all. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export function parsePredictSavedModel(options: JsonObject): PredictSavedModelOptions {
  return options as unknown as PredictSavedModelOptions;
}

/** `mean: 0.5` is a list of one. */
export function normalizePredictSavedModel(options: JsonObject): JsonObject {
  const { normalize } = options;
  if (!isJsonObject(normalize)) return options;
  const lists = Object.entries(normalize).map(([name, value]) => [name, typeof value === 'number' ? [value] : value]);
  return { ...options, normalize: Object.fromEntries(lists) as JsonObject };
}

/** The model enters the key by its files; where they lie changes nothing. */
export function predictSavedModelKeyOptions(options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'model'));
}

export function savedModelFolder(options: JsonObject): readonly ExternalFile[] {
  const { model } = parsePredictSavedModel(options);
  return [{ name: 'model', path: model, pointer: '/with/model', isFolder: true }];
}

export function checkPredictSavedModel(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const { splits, normalize } = parsePredictSavedModel(options);
  const { classes, counts, inputShape } = readFacts(inputs['data']);
  const labelled = splits.map((name): [string, number] => [name, counts?.[name] ?? 0]).filter(([, count]) => count > 0);
  const facts = {
    ...(classes === undefined ? {} : { classes }),
    ...(counts === undefined ? {} : { counts: Object.fromEntries(labelled) }),
  };
  return { problems: normalizationProblems(normalize, inputShape?.at(-1)), facts: writeFacts(facts) };
}

function normalizationProblems(
  normalize: Normalization | undefined,
  channels: number | undefined,
): readonly OptionProblem[] {
  if (normalize === undefined || channels === undefined) return [];
  return (['mean', 'std'] as const).flatMap((name) => {
    const { length } = normalize[name];
    if (length === 1 || length === channels) return [];
    const message = `\`${name}\` has ${length} numbers, and the data set's images have ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
    return [{ code: 'shape-mismatch', message, pointer: `/with/normalize/${name}` }];
  });
}
