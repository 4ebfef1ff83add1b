/**
 * The artifact of soft labels: a teacher's raw logits, before any temperature.
 *
 *   soft-labels.json       { format, classes, splits: { train: { count, logits, imagesSha256 } } }
 *   train-logits.bin       count × classes float32, little-endian, row-major, in the order of the data set's images
 *
 * `imagesSha256` is that of the data set's split: soft labels of other images, or of the same in another order, do not fit.
 */
import type { Digest } from '../../base/hash.ts';
import type { JsonObject } from '../../base/json.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { InputArtifact, StageContext } from '../../core/stage-runner.ts';
import { bytesToFloats, floatBytes } from '../../distill/model/weights.ts';
import type { ReadSplit } from './dataset.ts';
import { splitNames } from './facts.ts';
import type { SplitName } from './facts.ts';
import { jsonBytes, readDescription } from './json-file.ts';

const FORMAT = 'distill-pipeline/soft-labels@1';

export interface SplitLogits {
  /** [count, classes] */
  readonly logits: Float32Array;
  readonly imagesSha256: Digest;
}

export interface SoftLabels {
  readonly classes: number;
  readonly splits: Readonly<Partial<Record<SplitName, SplitLogits>>>;
}

export async function writeSoftLabels(context: Pick<StageContext, 'write'>, softLabels: SoftLabels): Promise<void> {
  const { classes } = softLabels;
  const splits: Record<string, JsonObject> = {};
  for (const [name, { logits, imagesSha256 }] of Object.entries(softLabels.splits)) {
    const file = `${name}-logits.bin`;
    splits[name] = { count: logits.length / classes, logits: file, imagesSha256 };
    await context.write(file, floatBytes(logits));
  }
  await context.write('soft-labels.json', jsonBytes({ format: FORMAT, classes, splits }));
}

interface SoftLabelsDescription {
  readonly classes: number;
  readonly splits: Readonly<
    Partial<Record<SplitName, { readonly count: number; readonly logits: string; readonly imagesSha256: Digest }>>
  >;
}

/** All of them. */
export async function readSoftLabels(input: InputArtifact): Promise<SoftLabels> {
  const description = await readDescription(input, 'soft-labels.json', FORMAT);
  const { classes, splits: described } = description as unknown as SoftLabelsDescription;
  const splits: Partial<Record<SplitName, SplitLogits>> = {};
  for (const name of splitNames) {
    const found = described[name];
    if (found === undefined) continue;
    const logits = bytesToFloats(await input.read(found.logits), found.count * classes);
    splits[name] = { logits, imagesSha256: found.imagesSha256 };
  }
  return { classes, splits };
}

/**
 * The logits for a split of a data set.
 * @returns [count, classes]
 * @throws StageFailure where they are for other images
 */
export async function readLogitsFor(input: InputArtifact, name: SplitName, split: ReadSplit): Promise<Float32Array> {
  const description = await readDescription(input, 'soft-labels.json', FORMAT);
  const { classes, splits } = description as unknown as SoftLabelsDescription;
  const { samples, imagesSha256 } = split;
  const found = splits[name];
  if (found === undefined) throw misfit(`none are of the ${name} images`);
  if (classes !== samples.classes) throw misfit(`they are for ${classes} classes, and it has ${samples.classes}`);
  if (found.count !== samples.count) {
    throw misfit(`they are for ${found.count} ${name} images, and it has ${samples.count}`);
  }
  if (found.imagesSha256 !== imagesSha256) throw misfit(`they are for other ${name} images, or for another order`);
  return bytesToFloats(await input.read(found.logits), found.count * classes);
}

function misfit(how: string): StageFailure {
  return new StageFailure('bad-option', `the soft labels do not fit the data set: ${how}`, {
    hint: 'give the teacher that predicts them the same data set as the student',
    pointer: '/needs/softLabels',
  });
}
