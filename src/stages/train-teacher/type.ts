import schema from '../../../schemas/stages/train-teacher.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { lossFormula, parseLoss } from '../../distill/losses/loss-spec.ts';
import { codeDigest } from '../code-digests.ts';
import { normalizeTraining, resumableTraining, trainingEffort } from '../training/options.ts';
import { checkTeacher } from './options.ts';

export const trainTeacher: StageType = {
  name: 'train-teacher',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The images to train and validate on.' } },
  output: 'model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: true },
  code: codeDigest('train-teacher'),
  normalize: normalizeTraining,
  resumableOptions: resumableTraining,
  effort: trainingEffort,
  loss: () => lossFormula(parseLoss(undefined)),
  check: checkTeacher,
};
