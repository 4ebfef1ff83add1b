/**
 * The artifact of an evaluation.
 *
 *   evaluation.json              { format, classes, images: { test: { count, sha256 } }, models: { student: { parameters, bytes,
 *                                splits: { test: { count, accuracy, loss, errors, perClass, confusion, logits, … } } } } }
 *   logits/student/test.bin      as `logits` names it: count × classes float32, little-endian, row-major, in the order of the data set's images
 *
 * `images` names each split by the digest that the data set has of it, so that answers and images are put together rightly.
 */
import type { JsonObject } from '../../base/json.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { floatBytes } from '../../distill/model/weights.ts';
import type { SplitName } from './facts.ts';
import { jsonBytes } from './json-file.ts';

const FORMAT = 'distill-pipeline/evaluation@1';

export interface Evaluation {
  readonly classes: number;
  readonly images: Readonly<Partial<Record<SplitName, EvaluatedImages>>>;
  readonly models: Readonly<Record<string, EvaluatedModel>>;
}

export interface EvaluatedImages {
  readonly count: number;
  readonly sha256: string;
}

interface EvaluatedModel {
  readonly parameters: number;
  /** Of its weights. */
  readonly bytes: number;
  readonly splits: Readonly<Partial<Record<SplitName, EvaluatedSplit>>>;
}

interface EvaluatedSplit {
  readonly figures: JsonObject;
  /** [count, classes] */
  readonly logits: Float32Array;
}

export async function writeEvaluation(context: Pick<StageContext, 'write'>, evaluation: Evaluation): Promise<void> {
  const { classes, images } = evaluation;
  const models: Record<string, JsonObject> = {};
  for (const [name, { parameters, bytes, splits }] of Object.entries(evaluation.models)) {
    const described: Record<string, JsonObject> = {};
    for (const [split, { figures, logits }] of Object.entries(splits)) {
      const file = `logits/${name}/${split}.bin`;
      await context.write(file, floatBytes(logits));
      described[split] = { ...figures, logits: file };
    }
    models[name] = { parameters, bytes, splits: described };
  }
  const described = Object.entries(images).map(([split, each]) => [split, { ...each }] as const);
  const json = { format: FORMAT, classes, images: Object.fromEntries(described), models };
  await context.write('evaluation.json', jsonBytes(json));
}
