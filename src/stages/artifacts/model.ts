/**
 * The artifact of a model.
 *
 *   architecture.json    layers with all their options, input shape, and the weights' names and shapes in the order of the bytes
 *   weights.bin          all weights one after the other: float32, little-endian, row-major
 *   training.json        how it was trained, where that was here: training.ts
 */
import type { JsonObject } from '../../base/json.ts';
import type { InputArtifact, StageContext } from '../../core/stage-runner.ts';
import { loadModel, serializeModel } from '../../distill/model/model.ts';
import type { Model } from '../../distill/model/model.ts';
import { jsonBytes, readDescription } from './json-file.ts';

const FORMAT = 'distill-pipeline/model@1';

export async function writeModel(context: Pick<StageContext, 'write'>, model: Model): Promise<void> {
  const { architecture, weights } = serializeModel(model);
  await context.write('architecture.json', jsonBytes(architecture));
  await context.write('weights.bin', weights);
}

export interface ReadModel {
  /** The caller disposes of it. */
  readonly model: Model;
  /** Of its weights. */
  readonly bytes: number;
}

export async function readModel(input: InputArtifact): Promise<ReadModel> {
  const architecture: JsonObject = await readDescription(input, 'architecture.json', FORMAT);
  const weights = await input.read('weights.bin');
  return { model: loadModel(architecture, weights), bytes: weights.length };
}
