import schema from '../../../schemas/stages/transform-data.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkTransform, normalizeTransform } from './options.ts';

export const transformData: StageType = {
  name: 'transform-data',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The data set to make another one of.' } },
  output: 'dataset',
  determinism: 'bitwise',
  uses: { tensors: false, seed: true },
  code: codeDigest('transform-data'),
  normalize: normalizeTransform,
  check: checkTransform,
};
