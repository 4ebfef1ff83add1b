import schema from '../../../schemas/stages/evaluate.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkEvaluate } from './options.ts';

export const evaluate: StageType = {
  name: 'evaluate',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The images to measure on.' } },
  otherSlots: {
    kind: 'model',
    required: false,
    many: true,
    description:
      'Each model, by any name. With one named teacher, the others are compared with it; with one named baseline, too, they are told what share of the gap between the two they close.',
  },
  output: 'evaluation',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('evaluate'),
  check: checkEvaluate,
};
