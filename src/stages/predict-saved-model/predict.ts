import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import type { Samples } from '../../distill/samples.ts';
import { ranges } from '../../distill/training/batches.ts';
import { startPace } from '../../distill/training/pace.ts';
import type { ForeignModel } from '../../tensor/native/foreign/foreign-model.ts';
import type * as tf from '../../tensor/tf.ts';
import { fileFailure } from '../persons-file.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { imagesFor } from './images.ts';
import { parsePredictSavedModel } from './options.ts';

/**
 * What a model gives for all samples, in their order.
 * @returns [count, classes]
 * @throws StageFailure, signal.reason
 */
export async function predictWith(
  context: StageContext,
  model: ForeignModel,
  { samples, label }: { readonly samples: Samples; readonly label: string },
): Promise<Float32Array> {
  const options = parsePredictSavedModel(context.options);
  const { count, classes } = samples;
  const images = imagesFor(model.input, samples, options);
  const known = numbersAnImage(model.output.shape);
  if (known !== undefined && known !== classes) throw otherClasses(options.model, known, classes);
  const values = new Float32Array(count * classes);
  const onProgress = predictionProgress(context, label);
  const pace = startPace(context.signal);
  for (const { start, end } of ranges(count, images.batch)) {
    // A model that takes just so many sees the last image again and again.
    const size = images.isFixed ? images.batch : end - start;
    const batch = images.at(Int32Array.from({ length: size }, (_, at) => Math.min(start + at, count - 1)));
    try {
      const given = await runModel(model, batch, options.model);
      if (given.length !== size * classes) throw otherClasses(options.model, given.length / size, classes);
      values.set(given.subarray(0, (end - start) * classes), start * classes);
    } finally {
      batch.dispose();
    }
    if (pace.report()) onProgress({ done: end, total: count, samplesPerSecond: end / Math.max(1e-9, pace.seconds()) });
    await pace.pause();
  }
  return values;
}

async function runModel(model: ForeignModel, batch: tf.Tensor, path: string): Promise<Float32Array> {
  let given: tf.Tensor;
  try {
    given = await model.run(batch);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const hint = message.includes('Could not find variable') ? { hint: 'is `variables/` in its folder?' } : {};
    throw new StageFailure('stage-failed', `${path} could not be run: ${message}`, { pointer: '/with/model', ...hint });
  }
  try {
    return given.dataSync<'float32'>();
  } finally {
    given.dispose();
  }
}

/** Undefined where the model does not say. */
function numbersAnImage(shape: readonly (number | null)[] | undefined): number | undefined {
  const sizes = shape?.slice(1);
  if (sizes?.every((size): size is number => size !== null) !== true) return undefined;
  return sizes.reduce((product, size) => product * size, 1);
}

function otherClasses(path: string, found: number, classes: number): StageFailure {
  const message = `gives ${found} numbers for an image, and the data set has ${classes} classes`;
  return fileFailure(
    { path, pointer: '/needs/data' },
    message,
    'a number for each class, in the order of the labels; another output may be named with `output`',
  );
}
