import { type Digest, sha256 } from '../../src/base/hash.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import type { RunId, StageId, StageKey } from '../../src/core/ids.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';

export const digest = (text: string): Digest => sha256(text);

export const key = (name: string): StageKey => sha256(`key ${name}`) as StageKey;

/** A whole record under the key of this name. */
export function recordOf(name: string, artifact: ArtifactRef): StageRecord {
  return {
    format: 1,
    key: key(name),
    preimage: {
      format: 1,
      type: { name: 'train-student', version: 1 },
      code: digest('code'),
      options: { epochs: 5, model: [{ dense: { units: 10 } }] },
      inputs: { data: digest('data') },
      seed: 42,
      environment: { backend: 'wasm', tfjs: '4.22.0', arch: 'x64', threads: 1, node: 20 },
    },
    artifact,
    facts: { classes: 10 },
    metrics: { accuracy: 0.9512, nested: { loss: 0.25 } },
    epochs: [{ loss: 0.5 }, { loss: 0.25 }],
    seconds: 12.5,
    createdAt: '2026-11-24T14:22:33.000Z',
    madeBy: { run: '20261124-142233-abcd' as RunId, stage: name as StageId, pipeline: 'test' },
  };
}
