import schema from '../../../schemas/stages/correct-bias.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkCorrectBias } from './options.ts';

export const correctBias: StageType = {
  name: 'correct-bias',
  description: schema.description,
  version: 1,
  schema,
  slots: {
    data: { kind: 'dataset', required: true, description: 'Its validation images are what the shift is fitted on.' },
    model: { kind: 'model', required: true, description: 'The model whose biases are moved.' },
  },
  output: 'model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('correct-bias'),
  check: checkCorrectBias,
};
