import { StageFailure } from '../../core/stage-runner.ts';
import type { StageRunner } from '../../core/stage-runner.ts';
import { generator } from '../../tensor/random.ts';
import { readDataset } from '../artifacts/dataset.ts';
import { splitNames } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { readLogitsFor, readSoftLabels, writeSoftLabels } from '../artifacts/soft-labels.ts';
import type { SplitLogits } from '../artifacts/soft-labels.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkPermute } from './options.ts';
import { permuteOthers } from './permute.ts';

export const run: StageRunner = async (context) => {
  const facts = checkWithInputs(context, checkPermute);
  const dataset = await readDataset(inputOf(context, 'data'));
  const softLabels = inputOf(context, 'softLabels');
  const given = await readSoftLabels(softLabels);
  const splits: Partial<Record<SplitName, SplitLogits>> = {};
  const images: Record<string, number> = {};
  for (const name of splitNames.filter((each) => given.splits[each] !== undefined)) {
    const split = await dataset.split(name);
    if (split === undefined) {
      throw new StageFailure('bad-option', `there are soft labels of the ${name} images, and the data set has none`, {
        hint: 'the teacher has to look at the same data set',
        pointer: '/needs/softLabels',
      });
    }
    const logits = await readLogitsFor(softLabels, name, split);
    const { labels, classes, count } = split.samples;
    const random = generator(context.seed, 'permute-soft-labels', name);
    splits[name] = { logits: permuteOthers(logits, { labels, classes }, random), imagesSha256: split.imagesSha256 };
    images[name] = count;
    context.signal.throwIfAborted();
  }
  await writeSoftLabels(context, { classes: given.classes, splits });
  return { metrics: { images }, facts };
};
