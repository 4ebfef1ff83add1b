/** What train-teacher and train-student have in common in their options. Pure: planning reads them. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { OptionProblem } from '../../core/stage-type.ts';
import {
  augmentationProblems,
  normalizeAugmentation,
  parseAugmentation,
} from '../../distill/augmentation/augmentation-spec.ts';
import { normalizeModel, parseLayers } from '../../distill/model/layer-spec.ts';
import { placeLayers } from '../../distill/model/placed-layers.ts';
import { inferShapes } from '../../distill/model/shapes.ts';
import { normalizeOptimizer, parseOptimizer, readsTotal } from '../../distill/optimizers/optimizer-spec.ts';
import type { EarlyStopping } from '../../distill/training/early-stopping.ts';
import type { KnownFacts } from '../artifacts/facts.ts';
import { scheduleProblems } from './schedule-problems.ts';

/** As the runner gets them: written out, with defaults. */
export interface TrainingOptions {
  readonly model: readonly JsonObject[];
  readonly optimizer: JsonObject;
  readonly batchSize: number;
  readonly epochs: number;
  readonly augmentation?: JsonObject;
  readonly earlyStopping?: EarlyStopping;
  readonly restoreBest: boolean;
  readonly seed?: number;
}

export function parseTraining(options: JsonObject): TrainingOptions {
  return options as unknown as TrainingOptions;
}

export function normalizeTraining(options: JsonObject): JsonObject {
  const { model, optimizer, augmentation, ...rest } = options;
  const moved = augmentation === undefined ? undefined : normalizeAugmentation(augmentation);
  // What moves nothing is as if it were not there.
  const still = moved === undefined || (isJsonObject(moved) && Object.keys(moved).length === 0);
  return {
    ...rest,
    ...(still ? {} : { augmentation: moved }),
    ...(model === undefined ? {} : { model: normalizeModel(model) }),
    ...(optimizer === undefined ? {} : { optimizer: normalizeOptimizer(optimizer) }),
  };
}

/** Ten epochs are five and five more, unless the learning rate of a step depends on how many there are. */
export function resumableTraining(options: JsonObject): JsonObject | undefined {
  const { optimizer } = parseTraining(options);
  if (readsTotal(parseOptimizer(optimizer))) return undefined;
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'epochs'));
}

/** Epochs: how many it asks for is known before it runs, where it would stop early is not. */
export function trainingEffort(options: JsonObject): number {
  return parseTraining(options).epochs;
}

export interface TrainingCheck {
  readonly problems: readonly OptionProblem[];
  readonly facts?: KnownFacts;
}

/** @param data as far as it is known before anything runs */
export function checkTraining(options: JsonObject, data: KnownFacts): TrainingCheck {
  const parsed = parseTraining(options);
  const { problems, facts } = checkModel(parsed, data);
  const all = [
    ...problems,
    ...scheduleProblems(parsed.optimizer, '/with/optimizer'),
    ...movementProblems(parsed, data.inputShape),
    ...monitorProblems(parsed, data.counts?.validation),
  ];
  return all.length === 0 && facts !== undefined ? { problems: all, facts } : { problems: all };
}

function checkModel({ model }: TrainingOptions, data: KnownFacts): TrainingCheck {
  const { inputShape, classes } = data;
  if (inputShape === undefined) return { problems: [] };
  const layers = parseLayers(model);
  const { shapes, parameters, problems } = inferShapes(layers, inputShape, classes);
  const placed = placeLayers(layers);
  return {
    problems: problems.map(({ layer, message, hint }) => ({
      code: 'shape-mismatch',
      message,
      ...(hint === undefined ? {} : { hint }),
      pointer: `/with/model${placed[layer]?.pointer ?? ''}`,
      part: 'key',
    })),
    facts: {
      inputShape,
      ...(classes === undefined ? {} : { classes }),
      parameters,
      layers: Object.fromEntries(placed.map(({ name }, index) => [name, shapes[index] ?? []])),
    },
  };
}

function movementProblems({ augmentation }: TrainingOptions, shape: KnownFacts['inputShape']): OptionProblem[] {
  if (augmentation === undefined) return [];
  return augmentationProblems(parseAugmentation(augmentation), shape).map(({ message, hint, pointer }) => {
    return { code: 'shape-mismatch', message, hint, pointer: `/with/augmentation${pointer}` };
  });
}

/** A figure of the validation split cannot be watched where there is none. */
function monitorProblems(
  { earlyStopping, restoreBest }: TrainingOptions,
  validation: number | undefined,
): OptionProblem[] {
  const monitor = earlyStopping?.monitor ?? 'validationLoss';
  if (validation !== 0 || !monitor.startsWith('validation')) return [];
  const option = earlyStopping === undefined ? 'restoreBest' : 'earlyStopping';
  if (option === 'restoreBest' && !restoreBest) return [];
  return [
    {
      code: 'bad-option',
      message: `\`${option}\` watches ${monitor}, and the data set has no validation images`,
      hint: 'give load-data a `split` with `validation`',
      pointer: `/with/${option}`,
    },
  ];
}
