import schema from '../../../schemas/stages/import-soft-labels.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkImportSoftLabels, importedFiles, softLabelsKeyOptions } from './options.ts';

export const importSoftLabels: StageType = {
  name: 'import-soft-labels',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The images that the logits are for.' } },
  output: 'soft-labels',
  determinism: 'bitwise',
  uses: { tensors: false, seed: false },
  code: codeDigest('import-soft-labels'),
  keyOptions: softLabelsKeyOptions,
  externalFiles: importedFiles,
  check: checkImportSoftLabels,
};
