import schema from '../../../schemas/stages/load-data.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkLoadData, loadDataFiles, loadDataKeyOptions, normalizeLoadData } from './options.ts';

export const loadData: StageType = {
  name: 'load-data',
  description: schema.description,
  version: 1,
  schema,
  slots: {},
  output: 'dataset',
  determinism: 'bitwise',
  uses: { tensors: false, seed: false },
  code: codeDigest('load-data'),
  normalize: normalizeLoadData,
  keyOptions: loadDataKeyOptions,
  externalFiles: loadDataFiles,
  check: checkLoadData,
};
