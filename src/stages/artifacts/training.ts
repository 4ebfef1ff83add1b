/**
 * How a model was trained, a file of its artifact beside the weights:
 *
 *   training.json    { format, images: { count, sha256 }, epochs, steps, mostSteps, options }
 *
 * `mostSteps` is the budget, of which early stopping may leave some. A model from elsewhere has no such file.
 */
import type { JsonObject } from '../../base/json.ts';
import type { InputArtifact, StageContext } from '../../core/stage-runner.ts';
import { jsonBytes, readDescription } from './json-file.ts';

const FORMAT = 'distill-pipeline/training@1';
const FILE = 'training.json';

export interface TrainingFacts {
  /** The training images, by the digest that the data set has of them. */
  readonly images: { readonly count: number; readonly sha256: string };
  readonly epochs: number;
  readonly steps: number;
  readonly mostSteps: number;
  /** Of the stage, with all defaults. */
  readonly options: JsonObject;
}

export async function writeTraining(context: Pick<StageContext, 'write'>, training: TrainingFacts): Promise<void> {
  const { images, epochs, steps, mostSteps, options } = training;
  await context.write(FILE, jsonBytes({ format: FORMAT, images: { ...images }, epochs, steps, mostSteps, options }));
}

export async function readTraining(input: InputArtifact): Promise<TrainingFacts | undefined> {
  if (!input.paths.includes(FILE)) return undefined;
  return (await readDescription(input, FILE, FORMAT)) as unknown as TrainingFacts;
}
