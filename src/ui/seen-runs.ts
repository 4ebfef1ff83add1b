import { readdirSync, statSync } from 'node:fs';
import type { ListedRun } from '../api/listed-run.ts';
import type { Runs } from '../api/runs.ts';
import { isErrno } from '../base/errno.ts';
import type { RunId } from '../core/ids.ts';
import type { RecordFolders } from '../records/record-folders.ts';
import { runFolder } from '../records/run-folder.ts';
import { statusOfRun } from '../records/runs.ts';

/** The list of runs at a moment. */
export interface SeenRuns {
  /** Newest first. */
  readonly list: readonly ListedRun[];
  /** Each as JSON: two are the same where these are. */
  readonly texts: ReadonlyMap<RunId, string>;
}

/**
 * The list of runs for all who ask. It is read anew only where there are signs that it is not as it was, since a thousand runs are a
 * thousand files, and pages ask each second.
 */
export function seenRuns(runs: Runs, folders: RecordFolders): () => Promise<SeenRuns> {
  let last: { readonly seen: SeenRuns; readonly signs: string; readonly readAt: number } | undefined;
  let looking: { readonly at: number; readonly seen: Promise<SeenRuns> } | undefined;
  const look = async (): Promise<SeenRuns> => {
    const signs = signsOf(last?.seen.list ?? [], folders);
    if (last?.signs === signs && performance.now() - last.readAt < LONGEST_MS) return last.seen;
    const list = await runs.list();
    const seen = { list, texts: new Map(list.map((run) => [run.id, JSON.stringify(run)])) };
    // Taken before the list was read: what changed meanwhile is seen the next time. Runs that were not known may go on.
    last = { seen, signs: last === undefined ? '' : signs, readAt: performance.now() };
    return seen;
  };
  return () => {
    const now = performance.now();
    if (looking === undefined || now - looking.at > SHORTEST_MS) {
      const seen = look();
      // What could not be read is asked for anew, by whoever comes next.
      seen.catch(() => (looking = undefined));
      looking = { at: now, seen };
    }
    return looking.seen;
  };
}

const SHORTEST_MS = 400;
/** For what has no sign. */
const LONGEST_MS = 30_000;

/** Which runs there are, what those under way wrote last and whether they still go on, pins, and what runs are called. */
function signsOf(before: readonly ListedRun[], { runs, pins, labels }: RecordFolders): string {
  const underWay = before.filter(({ status }) => status === 'running');
  const states = underWay.map(({ id }) => `${statusOfRun(runs, id)} ${stampOf(runFolder(runs, id).summary)}`);
  return [
    ...namesIn(runs),
    '/',
    ...states,
    stampOf(pins),
    ...namesIn(pins).map((name) => stampOf(`${pins}/${name}`)),
    ...namesIn(labels),
  ].join('\n');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error)) return [];
    throw error;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}
