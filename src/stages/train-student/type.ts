import schema from '../../../schemas/stages/train-student.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkStudent, normalizeStudent, resumableStudent, studentEffort, studentLoss } from './options.ts';

export const trainStudent: StageType = {
  name: 'train-student',
  description: schema.description,
  version: 1,
  schema,
  slots: {
    data: { kind: 'dataset', required: true, description: 'The images to train and validate on.' },
    softLabels: {
      kind: 'soft-labels',
      required: false,
      description: "A teacher's logits for the same images; together with the option distillation.",
    },
    teacher: {
      kind: 'model',
      required: false,
      description: 'The model whose layers are learned from; together with `features` in the option distillation.',
    },
  },
  output: 'model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: true },
  code: codeDigest('train-student'),
  normalize: normalizeStudent,
  resumableOptions: resumableStudent,
  effort: studentEffort,
  loss: studentLoss,
  check: checkStudent,
};
