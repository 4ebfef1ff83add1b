import schema from '../../../schemas/stages/export-model.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import { checkExport } from './options.ts';

export const exportModel: StageType = {
  name: 'export-model',
  description: schema.description,
  version: 1,
  schema,
  slots: {
    data: { kind: 'dataset', required: true, description: 'The images to measure the exported model on.' },
    model: { kind: 'model', required: true, description: 'The model to export.' },
  },
  output: 'layers-model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: false },
  code: codeDigest('export-model'),
  check: checkExport,
};
