import schema from '../../../schemas/stages/import-model.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkImportModel, importModelKeyOptions, modelFiles, normalizeImportModel } from './options.ts';

export const importModel: StageType = {
  name: 'import-model',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: false, description: 'Images to measure the model on, as a check.' } },
  output: 'model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('import-model'),
  normalize: normalizeImportModel,
  keyOptions: importModelKeyOptions,
  externalFiles: modelFiles,
  check: checkImportModel,
};
