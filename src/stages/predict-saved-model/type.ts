import schema from '../../../schemas/stages/predict-saved-model.schema.json' with { type: 'json' };
import type { StageType } from '../../core/stage-type.ts';
import { codeDigest } from '../code-digests.ts';
import {
  checkPredictSavedModel,
  normalizePredictSavedModel,
  predictSavedModelKeyOptions,
  savedModelFolder,
} from './options.ts';

export const predictSavedModel: StageType = {
  name: 'predict-saved-model',
  description: schema.description,
  version: 1,
  schema,
  slots: { data: { kind: 'dataset', required: true, description: 'The images that the model looks at.' } },
  output: 'soft-labels',
  // What somebody else's graph does is theirs.
  determinism: 'tolerance',
  uses: { tensors: true, seed: false, backend: 'native' },
  code: codeDigest('predict-saved-model'),
  normalize: normalizePredictSavedModel,
  keyOptions: predictSavedModelKeyOptions,
  externalFiles: savedModelFolder,
  check: checkPredictSavedModel,
};
