import { type Digest, sha256 } from '../../src/base/hash.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import type { RunId, StageId } from '../../src/core/ids.ts';
import type { Preimage, TensorEnvironment } from '../../src/core/preimage.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';
import type { StageType } from '../../src/core/stage-type.ts';
import { stageKey } from '../../src/fingerprint/key.ts';
import { type PreimageParts, stagePreimage } from '../../src/fingerprint/preimage.ts';

export const digest = (text: string): Digest => sha256(text);

export const trainStudent: StageType = {
  name: 'train-student',
  description: 'Trains.',
  version: 2,
  schema: {},
  slots: {},
  output: 'model',
  determinism: 'bitwise',
  uses: { tensors: true, seed: true },
  code: digest('code'),
};

export const options: JsonObject = {
  epochs: 5,
  distillation: { method: 'hinton', temperature: 4 },
  model: ['flatten', { dense: { units: 512 } }, { dense: { units: 10 } }],
};

export const environment: TensorEnvironment = { backend: 'wasm', tfjs: '4.22.0', arch: 'x64', threads: 1, node: 20 };

function parts(change: Partial<PreimageParts> = {}): PreimageParts {
  const inputs = { data: digest('data'), softLabels: digest('labels') };
  return { type: trainStudent, options, inputs, seed: 42, environment, ...change };
}

export function recordOf(preimage: Preimage, createdAt = '2026-11-24T14:22:33.000Z'): StageRecord {
  const artifact: ArtifactRef = { kind: 'model', digest: digest('artifact'), files: [] };
  return {
    format: 1,
    key: stageKey(preimage),
    preimage,
    artifact,
    facts: {},
    metrics: {},
    epochs: [],
    seconds: 1,
    createdAt,
    madeBy: { run: 'run' as RunId, stage: 'stage' as StageId, pipeline: 'pipeline' },
  };
}

export function preimage(change: Partial<PreimageParts> = {}): Preimage {
  return stagePreimage(parts(change));
}
