import schema from '../../../schemas/stages/combine-soft-labels.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkCombine } from './options.ts';

export const combineSoftLabels: StageType = {
  name: 'combine-soft-labels',
  description: schema.description,
  version: 1,
  schema,
  slots: {},
  otherSlots: {
    kind: 'soft-labels',
    required: false,
    many: true,
    description: 'The soft labels of each teacher, by any name; all for the same images.',
  },
  output: 'soft-labels',
  determinism: 'bitwise',
  uses: { tensors: false, seed: false },
  code: codeDigest('combine-soft-labels'),
  check: checkCombine,
};
