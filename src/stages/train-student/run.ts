import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { needsTeacher, parseLoss } from '../../distill/losses/loss-spec.ts';
import { readLogitsFor } from '../artifacts/soft-labels.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { readLessonData } from '../training/lesson-data.ts';
import { trainModel } from '../training/train-model.ts';
import { checkStudent, parseDistillation } from './options.ts';

export const run: StageRunner = async (context: StageContext) => {
  checkWithInputs(context, checkStudent);
  const { train, validation } = await readLessonData(context);
  const loss = parseLoss(parseDistillation(context.options));
  return trainModel(context, {
    train: train.samples,
    imagesSha256: train.imagesSha256,
    ...(validation === undefined ? {} : { validation: validation.samples }),
    loss,
    ...(needsTeacher(loss)
      ? { teacherLogits: await readLogitsFor(inputOf(context, 'softLabels'), 'train', train) }
      : {}),
  });
};
