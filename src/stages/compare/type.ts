import schema from '../../../schemas/stages/compare.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkCompare } from './options.ts';

export const compare: StageType = {
  name: 'compare',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The images to measure on.' } },
  otherSlots: {
    kind: 'model',
    required: false,
    many: true,
    description:
      'Each model, by any name, gathered over its replicates. Each is compared with the one that `against` names; one named teacher is measured alone.',
  },
  output: 'comparison',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('compare'),
  check: checkCompare,
};
