import schema from '../../../schemas/stages/predict-soft-labels.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkPredict } from './options.ts';

export const predictSoftLabels: StageType = {
  name: 'predict-soft-labels',
  description: schema.description,
  version: 1,
  schema,
  slots: {
    data: { kind: 'dataset', required: true, description: 'The images that the teacher looks at.' },
    teacher: { kind: 'model', required: true, description: 'The model whose logits are kept.' },
  },
  output: 'soft-labels',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('predict-soft-labels'),
  check: checkPredict,
};
