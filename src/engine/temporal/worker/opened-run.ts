import type { RunId, StageId } from '../../../core/ids.ts';
import type { StageSpec } from '../../../core/pipeline-spec.ts';
import type { StageRecord } from '../../../core/stage-record.ts';
import { type EarlierResults, earlierResults } from '../../earlier-results.ts';
import { selectedStages } from '../../order.ts';
import type { Places } from '../../places.ts';
import { type OutputLocks, outputLocks } from '../../project-files/output-locks.ts';
import type { RunContext } from '../../run-context.ts';
import type { StageNotes } from '../stage-notes.ts';

/** What a worker has of a run whose stage it is given. */
export interface OpenedRun {
  readonly context: Omit<RunContext, 'run' | 'emit' | 'signal' | 'force' | 'targets' | 'firstAttempt'>;
  /** Of the pools and places of this worker: they outlive the run. */
  readonly places: Places;
  readonly resources: Readonly<Record<string, number>>;
  readonly notes: StageNotes;
  readonly store: RunStore;
  /** What the stages of one run have in common here. */
  readonly inCommon: (run: RunId) => InCommon;
}

export interface InCommon {
  readonly stages: ReadonlyMap<StageId, StageSpec>;
  readonly earlier: EarlierResults;
  readonly outputs: OutputLocks;
}

/** Made once a run, not once a stage: of 10,000 stages each would look at all others, and at all results in the store. */
export function commonToStages(context: OpenedRun['context'], signal: AbortSignal): OpenedRun['inCommon'] {
  let latest: (InCommon & { readonly run: RunId }) | undefined;
  return (run) =>
    (latest =
      latest?.run === run
        ? latest
        : {
            run,
            stages: new Map(selectedStages(context).map((spec) => [spec.id, spec])),
            earlier: earlierResults(context.store, context.spec.name),
            outputs: outputLocks({ ...context, folder: context.spec.folder, run, signal }),
          });
}

/** Of the store, what there is besides: results that other workers made. */
export interface RunStore {
  /** Its objects are brought here when they are asked for. */
  expect(record: StageRecord): void;
  /** Of a result that is not kept, for the stages after it. */
  sendObjects(record: StageRecord): Promise<void>;
}
