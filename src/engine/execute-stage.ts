import type { Digest } from '../base/hash.ts';
import type { StageRecord } from '../core/stage-record.ts';
import { afreshKey, resumeKey } from '../fingerprint/resume-key.ts';
import type { KeyedStage } from './keyed-stage.ts';
import type { Afresh } from './lookup.ts';
import { produceStage } from './produce-stage.ts';
import { restoreOutputs } from './project-files/restore.ts';
import type { ActiveRun } from './run-context.ts';
import { type SharedCheckpoints, mayHaveCheckpoints, shareCheckpoints } from './shared-checkpoints.ts';
import { thrownProblem } from './stage-problem.ts';
import type { ComputedStage } from './stage-result.ts';

export interface Attempt {
  /** Why it runs. */
  readonly because: string;
  /** From 1. */
  readonly attempt: number;
  readonly afresh: Afresh | undefined;
}

/** Executes a stage whose lock is held, and keeps what it made. Never rejects. */
export async function executeStage(run: ActiveRun, keyed: KeyedStage, attempt: Attempt): Promise<ComputedStage> {
  const { spec, key } = keyed;
  const { clock, store } = run.context;
  const { because, attempt: number, afresh } = attempt;
  run.emit({ type: 'stage-started', stage: spec.id, key, because, ...(number === 1 ? {} : { attempt: number }) });
  const startedAt = clock();
  const shared = sharedCheckpoints(run, keyed, afresh);
  try {
    await shared?.beginning();
    const produced = await produceStage(run, keyed, {
      checkpointFolder: store.checkpointFolder(checkpointKey(keyed, afresh)),
      progress: (event) => {
        run.emit({ stage: spec.id, ...event });
        if (event.type === 'epoch-ended') shared?.saved();
      },
    });
    if (produced.status !== 'made') {
      await shared?.ended();
      return produced;
    }
    const record = await keep(run, keyed, { made: produced.record, afresh });
    await shared?.ended();
    // Somebody else's result may have won.
    if (record.artifact.digest !== produced.record.artifact.digest) await restoreOutputs(run, keyed, record);
    return { status: 'ran', key, record, seconds: produced.seconds };
  } catch (error) {
    const seconds = Math.max(0, clock() - startedAt) / 1000;
    return { status: 'failed', problem: thrownProblem(run.emit, spec, error), seconds };
  }
}

/**
 * What runs again whatever the store holds does not go on from the state that an earlier run ended with: it has checkpoints of
 * its own, from which only it goes on when it was interrupted.
 */
function checkpointKey({ type, preimage, spec }: KeyedStage, afresh: Afresh | undefined): Digest {
  const shared = resumeKey(type, preimage, spec.options);
  return afresh === undefined ? shared : afreshKey(shared);
}

/** Undefined where there is nothing to share: what is not kept is nothing to go on from elsewhere. */
function sharedCheckpoints(
  { context }: ActiveRun,
  keyed: KeyedStage,
  afresh: Afresh | undefined,
): SharedCheckpoints | undefined {
  if (!mayHaveCheckpoints(keyed.type) || afresh === 'uncached') return undefined;
  const { store, checkpointPause: pause } = context;
  const sharing = { resumeKey: checkpointKey(keyed, undefined), isAfresh: afresh !== undefined };
  return shareCheckpoints(store, { ...sharing, ...(pause === undefined ? {} : { pause }) });
}

interface Made {
  readonly made: StageRecord;
  readonly afresh: Afresh | undefined;
}

/** @returns the record that counts from now on */
async function keep(run: ActiveRun, keyed: KeyedStage, { made, afresh }: Made): Promise<StageRecord> {
  const { store } = run.context;
  const own = checkpointKey(keyed, afresh);
  switch (afresh) {
    case undefined: {
      const record = await store.publish(made);
      warnOfOtherContent(run, keyed, { made, earlier: record, outcome: 'the earlier result stays' });
      return record;
    }
    case 'forced': {
      const earlier = await store.record(keyed.key);
      const record = await store.publish(made, { replace: true });
      await store.moveCheckpoints(own, checkpointKey(keyed, undefined));
      warnOfOtherContent(run, keyed, { made, earlier, outcome: 'it takes the place of the earlier result' });
      return record;
    }
    case 'uncached':
      await store.moveCheckpoints(own);
      return made;
  }
}

interface ComparedRecords {
  readonly made: StageRecord;
  /** Under the same key; absent where there was none. */
  readonly earlier: StageRecord | undefined;
  readonly outcome: string;
}

/** Where the content differs, the person should know that the stage is not repeatable, and which result there is now. */
function warnOfOtherContent(run: ActiveRun, keyed: KeyedStage, { made, earlier, outcome }: ComparedRecords): void {
  if (earlier === undefined || made.artifact.digest === earlier.artifact.digest) return;
  const promise = keyed.type.determinism === 'bitwise' ? ', though its stage type promises the same bits' : '';
  run.emit({
    type: 'warning',
    stage: keyed.spec.id,
    message: `it made other content than the earlier run with the same key${promise}; ${outcome}`,
  });
}
