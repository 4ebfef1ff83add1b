import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { parseAugmentation } from '../../distill/augmentation/augmentation-spec.ts';
import { openAugmentation } from '../../distill/augmentation/augment.ts';
import { startPace } from '../../distill/training/pace.ts';
import { readWholeDataset, selectImages, writeDataset } from '../artifacts/dataset.ts';
import type { LabelledImages } from '../artifacts/dataset.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkTransform, keepsClass, parseTransform } from './options.ts';
import type { TransformOptions } from './options.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkTransform);
  const options = parseTransform(context.options);
  const dataset = await readWholeDataset(inputOf(context, 'data'));
  const { shape, classes, splits } = dataset;
  const train = await withCopies(context, options, shape, onlyKept(splits.train, options));
  const made = { ...splits, train };
  await writeDataset(context, { ...dataset, splits: made });
  const counts = {
    train: made.train.labels.length,
    validation: made.validation.labels.length,
    test: made.test.labels.length,
  };
  return { metrics: { images: counts, classes }, facts: { inputShape: shape, classes, counts } };
};

function onlyKept(train: LabelledImages, options: TransformOptions): LabelledImages {
  const kept = Int32Array.from([...train.labels.keys()].filter((at) => keepsClass(options, train.labels[at] ?? 0)));
  if (kept.length === train.labels.length) return train;
  if (kept.length > 0) return selectImages(train, kept);
  const name = options.onlyClasses === undefined ? 'withoutClasses' : 'onlyClasses';
  throw new StageFailure('bad-option', 'no training image is left', {
    hint: 'none is of the classes that stay',
    pointer: `/with/${name}`,
  });
}

/** Images between two looks at the clock. */
const PORTION = 256;

/** The images as they are, then all of them moved, then all of them moved in another way. */
async function withCopies(
  { seed, signal }: StageContext,
  { copies, augmentation }: TransformOptions,
  shape: readonly number[],
  { images, labels }: LabelledImages,
): Promise<LabelledImages> {
  if (copies === 0 || augmentation === undefined) return { images, labels };
  const count = labels.length;
  const size = images.length / count;
  const all = { images: new Uint8Array((1 + copies) * images.length), labels: new Uint8Array((1 + copies) * count) };
  const pace = startPace(signal);
  for (let round = 0; round <= copies; round++) {
    all.images.set(images, round * images.length);
    all.labels.set(labels, round * count);
    if (round === 0) continue;
    const augment = openAugmentation(parseAugmentation(augmentation), { shape, count, seed, round });
    for (let start = 0; start < count; start += PORTION) {
      const from = round * images.length + start * size;
      const indices = Int32Array.from({ length: Math.min(PORTION, count - start) }, (_, offset) => start + offset);
      augment(all.images.subarray(from, from + indices.length * size), indices);
      await pace.pause();
    }
  }
  return all;
}
