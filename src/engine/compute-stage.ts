import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StoreLock } from '../core/store.ts';
import { executeStage } from './execute-stage.ts';
import type { Afresh, FoundStage } from './lookup.ts';
import { type KeyedStage, changedFile } from './keyed-stage.ts';
import { missReason } from './miss-reason.ts';
import { pause, retryAfter } from './retry.ts';
import { reasonInWords } from './miss-words.ts';
import { reuse, withProjectFiles } from './project-files/restore.ts';
import type { ActiveRun } from './run-context.ts';
import { reasonNotToBegin } from './skip.ts';
import { cancelledProblem, eventProblem } from './stage-problem.ts';
import type { ComputedStage } from './stage-result.ts';

/** Computes a miss, unless somebody else does: then waits for that result. */
export async function computeStage(run: ActiveRun, { keyed, afresh }: FoundStage): Promise<ComputedStage> {
  const { store } = run.context;
  const place = placeIn(run, keyed.spec);
  await place.take();
  try {
    const reason = reasonNotToBegin(run, keyed.spec);
    if (reason !== undefined) return { status: 'skipped', reason };
    const lock = await lockStage(run, keyed, place);
    try {
      const record = afresh === undefined ? await store.lookup(keyed.key) : undefined;
      if (record !== undefined) return await reuse(run, keyed, record);
      const because = reasonInWords(afresh === undefined ? await missReason(run.earlier, keyed) : { kind: afresh });
      return await attemptStage(run, keyed, { because, afresh, place });
    } finally {
      await lock.release();
    }
  } finally {
    place.give();
  }
}

async function lockStage(run: ActiveRun, { spec, key }: KeyedStage, place: Place): Promise<StoreLock> {
  const { store, run: own, follow } = run.context;
  const held = new AbortController();
  try {
    return await store.lock(key, {
      signal: run.signal,
      run: own,
      waiting: (holder, by) => {
        run.emit({ type: 'stage-waiting', stage: spec.id, key, holder });
        // Others may work while this one waits.
        place.give();
        // What this run does itself it tells anyway.
        if (by === undefined || by === own) return;
        follow?.(
          { run: by, key },
          {
            signal: held.signal,
            progress: (progress) => {
              run.emit({ type: 'holder-progress', stage: spec.id, run: by, progress });
            },
          },
        );
      },
    });
  } finally {
    held.abort();
  }
}

interface Attempts {
  readonly because: string;
  readonly afresh: Afresh | undefined;
  readonly place: Place;
}

/** As often as its policy says. Others may work while it waits for its next attempt; its lock is kept, so that nobody else tries meanwhile. */
async function attemptStage(
  run: ActiveRun,
  keyed: KeyedStage,
  { because, afresh, place }: Attempts,
): Promise<ComputedStage> {
  const { spec } = keyed;
  const { firstAttempt = 1 } = run.context;
  for (let attempt = firstAttempt; ; attempt++) {
    await place.take();
    const reason = reasonNotToBegin(run, spec);
    if (attempt === firstAttempt && reason !== undefined) return { status: 'skipped', reason };
    if (reason?.kind === 'cancelled') return { status: 'failed', problem: cancelledProblem(spec), seconds: 0 };
    const computed = await withProjectFiles(run, keyed, async (): Promise<ComputedStage> => {
      // It may have waited for hours: better told now than after hours more.
      const changed = await changedFile(run.context, keyed);
      if (changed !== undefined) return { status: 'failed', problem: changed, seconds: 0 };
      return executeStage(run, keyed, { because, attempt, afresh });
    });
    const retry = retryAfter(spec, attempt, computed);
    if (retry === undefined) return computed;
    run.emit({ type: 'stage-retrying', stage: spec.id, ...retry, problem: eventProblem(retry.problem) });
    place.give();
    await pause(retry.delay, run.signal);
  }
}

/** One stage's place, with what it takes of the pools; it has it or has not. */
interface Place {
  take(): Promise<void>;
  give(): void;
}

export function placeIn(run: ActiveRun, { policy }: StageSpec): Place {
  const demand = policy?.resources;
  let taken = false;
  return {
    async take() {
      if (taken) return;
      await run.places.take(demand);
      taken = true;
    },
    give() {
      if (taken) run.places.give(demand);
      taken = false;
    },
  };
}
