import type { StageRunner } from '../../core/stage-runner.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { slotName } from '../../core/stage-type.ts';
import { splitNames } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { readSoftLabels, writeSoftLabels } from '../artifacts/soft-labels.ts';
import type { SoftLabels, SplitLogits } from '../artifacts/soft-labels.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { agreement, averageLogits, averageProbabilities } from './average.ts';
import { checkCombine, parseCombine, sharesOf } from './options.ts';

export const run: StageRunner = async (context) => {
  const facts = checkWithInputs(context, checkCombine);
  const options = parseCombine(context.options);
  // Sums in floating point depend on their order, and that in which `needs` is written should not count.
  const names = Object.keys(context.inputs).sort();
  const teachers: Teacher[] = [];
  for (const name of names) teachers.push({ name, ...(await readSoftLabels(inputOf(context, name))) });
  const classes = teachers[0]?.classes ?? 0;
  const splits: Partial<Record<SplitName, SplitLogits>> = {};
  const images: Record<string, number> = {};
  const agreements: Record<string, number> = {};
  for (const split of splitNames) {
    const given = sameImages(teachers, split);
    if (given === undefined) continue;
    const all = { logits: given.logits, shares: sharesOf(options, names), classes };
    const { average, temperature = 1 } = options;
    const logits = average === 'logits' ? averageLogits(all) : averageProbabilities(all, temperature);
    splits[split] = { logits, imagesSha256: given.imagesSha256 };
    images[split] = logits.length / classes;
    agreements[split] = agreement(all);
    context.signal.throwIfAborted();
  }
  if (Object.keys(splits).length === 0) {
    throw new StageFailure('bad-option', 'no part of the data set has soft labels of all teachers', {
      hint: 'give each predict-soft-labels the same `splits`',
      pointer: '/needs',
    });
  }
  await writeSoftLabels(context, { classes, splits });
  return { metrics: { teachers: names.length, images, agreement: agreements }, facts };
};

interface Teacher extends SoftLabels {
  readonly name: string;
}

/**
 * The logits of all teachers for a split; undefined where one of them has none.
 * @throws StageFailure where they are for other images
 */
function sameImages(
  teachers: readonly Teacher[],
  split: SplitName,
): { readonly logits: readonly Float32Array[]; readonly imagesSha256: SplitLogits['imagesSha256'] } | undefined {
  const found = teachers.flatMap(({ name, classes, splits }) => {
    const own = splits[split];
    return own === undefined ? [] : [{ name, classes, ...own }];
  });
  const [first] = found;
  if (first === undefined || found.length < teachers.length) return undefined;
  const other = found.find(({ classes, imagesSha256 }) => {
    return classes !== first.classes || imagesSha256 !== first.imagesSha256;
  });
  if (other !== undefined) {
    throw new StageFailure(
      'bad-option',
      `${other.name} is for other ${split} images than ${first.name}, for another order, or for other classes`,
      { hint: 'all teachers have to look at the same data set', pointer: `/needs/${slotName(other.name)}` },
    );
  }
  return { logits: found.map(({ logits }) => logits), imagesSha256: first.imagesSha256 };
}
