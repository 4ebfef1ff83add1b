import schema from '../../../schemas/stages/permute-soft-labels.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkPermute } from './options.ts';

export const permuteSoftLabels: StageType = {
  name: 'permute-soft-labels',
  description: schema.description,
  version: 1,
  schema,
  slots: {
    data: { kind: 'dataset', required: true, description: 'The images: their labels say which logit stays.' },
    softLabels: { kind: 'soft-labels', required: true, description: 'The logits to shuffle.' },
  },
  output: 'soft-labels',
  determinism: 'bitwise',
  uses: { tensors: false, seed: true },
  code: codeDigest('permute-soft-labels'),
  check: checkPermute,
};
