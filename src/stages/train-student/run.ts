import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { needsTeacher, parseLoss } from '../../distill/losses/loss-spec.ts';
import { readModel } from '../artifacts/model.ts';
import { readLogitsFor } from '../artifacts/soft-labels.ts';
import type { FeatureRequest } from '../../distill/training/feature-lessons.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { readLessonData } from '../training/lesson-data.ts';
import { trainModel } from '../training/train-model.ts';
import { featureProblems, parseFeatureOptions } from './feature-problems.ts';
import { checkStudent, parseDistillation } from './options.ts';

export const run: StageRunner = async (context: StageContext) => {
  checkWithInputs(context, checkStudent);
  const { train, validation } = await readLessonData(context);
  const loss = parseLoss(parseDistillation(context.options));
  const features = await openFeatures(context);
  try {
    return await trainModel(context, {
      train: train.samples,
      imagesSha256: train.imagesSha256,
      ...(validation === undefined ? {} : { validation: validation.samples }),
      loss,
      ...(needsTeacher(loss)
        ? { teacherLogits: await readLogitsFor(inputOf(context, 'softLabels'), 'train', train) }
        : {}),
      ...(features === undefined ? {} : { features }),
    });
  } finally {
    features?.teacher.dispose();
  }
};

/** With the teacher, whose layers planning may not have known. @throws StageFailure where it has not those that are named */
async function openFeatures(context: StageContext): Promise<FeatureRequest | undefined> {
  const { features: losses, hintEpochs } = parseFeatureOptions(context.options);
  if (losses.length === 0) return undefined;
  const { model: teacher } = await readModel(inputOf(context, 'teacher'));
  const facts = Object.fromEntries(Object.entries(context.inputs).map(([slot, input]) => [slot, input.facts]));
  const known = { ...facts, teacher: { ...facts['teacher'], layers: teacher.layerShapes } };
  const [problem] = featureProblems(context.options, known);
  if (problem !== undefined) {
    teacher.dispose();
    const { code, message, hint, pointer } = problem;
    throw new StageFailure(code, message, { pointer, ...(hint === undefined ? {} : { hint }) });
  }
  return { losses, teacher, hintEpochs };
}
