import type { StageRunner } from '../../core/stage-runner.ts';
import { parseLoss } from '../../distill/losses/loss-spec.ts';
import { checkWithInputs } from '../stage-input.ts';
import { readLessonData } from '../training/lesson-data.ts';
import { trainModel } from '../training/train-model.ts';
import { checkTeacher } from './options.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkTeacher);
  const { train, validation } = await readLessonData(context);
  return trainModel(context, {
    train: train.samples,
    imagesSha256: train.imagesSha256,
    ...(validation === undefined ? {} : { validation: validation.samples }),
    loss: parseLoss(undefined),
  });
};
