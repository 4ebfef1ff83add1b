import { executeStage } from './execute-stage.ts';
import type { FoundStage } from './lookup.ts';
import { changedFile } from './keyed-stage.ts';
import { missReason } from './miss-reason.ts';
import { reasonInWords } from './miss-words.ts';
import type { ActiveRun } from './run-context.ts';
import type { ComputedStage } from './stage-result.ts';

/** Computes a miss, unless somebody else does: then waits for that result. */
export async function computeStage(run: ActiveRun, { keyed, forced }: FoundStage): Promise<ComputedStage> {
  const { store } = run.context;
  const place = placeIn(run);
  await place.take();
  try {
    if (isCancelled(run)) return { status: 'skipped' };
    const lock = await store.lock(keyed.key, {
      signal: run.signal,
      run: run.context.run,
      waiting: (holder) => {
        run.emit({ type: 'stage-waiting', stage: keyed.spec.id, key: keyed.key, holder });
        // Others may work while this one waits.
        place.give();
      },
    });
    try {
      const record = forced ? undefined : await store.lookup(keyed.key);
      if (record !== undefined) return { status: 'reused', key: keyed.key, record };
      const because = reasonInWords(forced ? { kind: 'forced' } : await missReason(run.earlier, keyed));
      await place.take();
      if (isCancelled(run)) return { status: 'skipped' };
      // It may have waited for hours: better told now than after hours more.
      const changed = await changedFile(run.context, keyed);
      if (changed !== undefined) return { status: 'failed', problem: changed, seconds: 0 };
      return await executeStage(run, keyed, because);
    } finally {
      await lock.release();
    }
  } finally {
    place.give();
  }
}

/** Asked anew each time: it changes while a stage waits. */
function isCancelled(run: ActiveRun): boolean {
  return run.signal.aborted;
}

/** One stage's slot, which it has or has not. */
function placeIn(run: ActiveRun): { take(): Promise<void>; give(): void } {
  let taken = false;
  return {
    async take() {
      if (taken) return;
      await run.slots.take();
      taken = true;
    },
    give() {
      if (taken) run.slots.give();
      taken = false;
    },
  };
}
