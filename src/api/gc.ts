import { setTimeout as sleep } from 'node:timers/promises';
import { failure, success, type Result } from '../base/result.ts';
import type { GcReport, Needed } from '../core/gc.ts';
import type { RunId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { type NeededResult, type NeededResults, neededResults } from '../records/needed-results.ts';
import { readPins } from '../records/pins.ts';
import { recordFolders } from '../records/record-folders.ts';
import { collectGarbage as collectIn } from '../store/gc/collect.ts';
import { openProject } from './open-project.ts';
import { orStoreProblem } from './store-problem.ts';

/** What to leave in the store, and whether only to look. */
export interface GcOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Takes nothing away. */
  readonly dryRun?: boolean;
  /** Bytes; the project's, if absent. */
  readonly limit?: number;
  /** Seconds: what is younger stays. An hour, if absent. */
  readonly grace?: number;
  /** Told if another gc works on the store, which is waited for. */
  readonly onWaiting?: (holder: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes room in the project's store.
 * @returns what went, or would go, and what stayed for whom; or why the store cannot be used
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function collectGarbage(options: GcOptions = {}): Promise<Result<GcReport, readonly Problem[]>> {
  const { cwd = process.cwd(), dryRun = false, grace = 3600, signal = new AbortController().signal } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const { store, storeLimit } = project.value;
  const limit = options.limit ?? storeLimit;
  const now = Date.now();
  const collected = await orStoreProblem(
    usable(store, async () => {
      let { results, liveSince } = await resultsNeeded(store);
      const choice = await collectIn(store, {
        limit,
        // What came since a run under way began may be about to be its: it has put it there, and not yet said so.
        grace: Math.max(grace * 1000, liveSince === undefined ? 0 : now - liveSince + CLOCK_TICK_MS),
        now,
        dryRun,
        signal,
        waiting: (holder) => options.onWaiting?.(holder),
        async needed(settled) {
          ({ results, liveSince } = await resultsNeeded(store));
          if (settled && liveSince !== undefined) {
            await sleep(UNTIL_TOLD_MS, undefined, { signal });
            ({ results } = await resultsNeeded(store));
          }
          return neededOf(results);
        },
      });
      return { choice, runs: runsBy(results) };
    }),
  );
  if (!collected.ok) return failure([collected.error]);
  const { choice, runs } = collected.value;
  return success({ ...choice, dryRun, limit, store, runs });
}

/** A run writes down what it found within a second; this is more, for a busy machine. */
const UNTIL_TOLD_MS = 3000;

/** Of file systems and clocks. */
const CLOCK_TICK_MS = 2000;

/** Of the runs of a store: pinned, current, live. */
export function resultsNeeded(store: string): Promise<NeededResults> {
  const { runs, pins } = recordFolders(store);
  return neededResults(runs, new Set(readPins(pins).map(({ run }) => run)));
}

/** The first reason wins: they come in the order pinned, current, live. */
function neededOf(results: readonly NeededResult[]): Needed {
  const keys = new Map<NeededResult['key'], NeededResult['why']>();
  const objects = new Map<NonNullable<NeededResult['artifact']>['digest'], NeededResult['why']>();
  for (const { key, artifact, why } of results) {
    if (!keys.has(key)) keys.set(key, why);
    for (const { digest } of artifact?.files ?? []) if (!objects.has(digest)) objects.set(digest, why);
  }
  return { keys, objects };
}

function runsBy(results: readonly NeededResult[]): GcReport['runs'] {
  const of = (reason: NeededResult['why']): readonly RunId[] => [
    ...new Set(results.filter(({ why }) => why === reason).map(({ run }) => run)),
  ];
  return { pinned: of('pinned'), current: of('current'), live: of('live') };
}
