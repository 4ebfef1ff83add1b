import { failure, success, type Result } from '../../base/result.ts';
import type { Store } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { describedLayersModel, type DescribedModel } from '../../distill/layers-model/described.ts';
import type { RunRecord, StageRun } from '../../records/run-record.ts';
import { artifactFiles } from './artifact-files.ts';

/** A model of a run, for TensorFlow.js elsewhere. */
export interface ModelFiles extends DescribedModel {
  /** Multiplied onto bytes of images, as in its training. */
  readonly scale: number;
  /** float32, little-endian; undefined where the store has them no more. */
  weightBytes(): Promise<Uint8Array | undefined>;
}

export async function modelFiles(
  store: Store,
  { id, stages }: Pick<RunRecord, 'id' | 'stages'>,
  name: string,
): Promise<Result<ModelFiles, Problem>> {
  const stage = stages.find((each) => each.id === name && each.artifact?.kind === 'model');
  const files = stage?.artifact === undefined ? undefined : artifactFiles(store, stage.artifact);
  const architecture = await files?.json('architecture.json');
  if (stage === undefined || files === undefined || architecture === undefined) {
    return failure({ code: 'unknown-stage', message: `run ${id} has no model "${name}" that the store still has` });
  }
  return success({
    ...describedLayersModel(architecture),
    scale: await scaleOf(store, stage, stages),
    weightBytes: () => files.read('weights.bin'),
  });
}

/** Of the data set that it was trained on; for one from elsewhere, of the first of the run. */
async function scaleOf(store: Store, { key }: StageRun, stages: readonly StageRun[]): Promise<number> {
  const digest = key === undefined ? undefined : (await store.record(key))?.preimage.inputs['data'];
  const sets = stages.flatMap(({ artifact }) => (artifact?.kind === 'dataset' ? [artifact] : []));
  const own = sets.find((artifact) => artifact.digest === digest) ?? sets[0];
  const described = own === undefined ? undefined : await artifactFiles(store, own).json('dataset.json');
  return described?.['scale'] === 'raw' ? 1 : 1 / 255;
}
