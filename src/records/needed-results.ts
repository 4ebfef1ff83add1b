import { existsSync, statSync } from 'node:fs';
import { groupBy } from '../base/group-by.ts';
import { processState } from '../base/process-identity.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import type { PipelineEvent } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import { readEvents } from './read-record.ts';
import { runFolder } from './run-folder.ts';
import type { RunRecord, RunSummary, StageRun } from './run-record.ts';
import { listRuns, readRun } from './runs.ts';

/** A result that some run needs, which gc therefore leaves. */
export interface NeededResults {
  /** In the order pinned, current, live. */
  readonly results: readonly NeededResult[];
  /** When the first of the runs under way began, milliseconds since 1970. What came since may be about to be theirs. */
  readonly liveSince?: number;
}

export interface NeededResult {
  readonly why: 'pinned' | 'current' | 'live';
  readonly run: RunId;
  readonly key: StageKey;
  /** Absent where there is none yet: the stage is under way, or did not end well. */
  readonly artifact?: ArtifactRef;
}

/**
 * What pinned runs, current pipelines and runs under way need, as it is now.
 *
 * A pipeline is current while its file is there. What counts of it is its latest whole run (of all its stages, without a failure),
 * and of the runs after that one the newest result of each stage: what an edit has made since, what a single stage was run for.
 * @param folder `<store>/runs`
 */
export function neededResults(folder: string, pinned: ReadonlySet<RunId>): Promise<NeededResults> {
  return usable(folder, async () => {
    const runs = await listRuns(folder);
    const live = runs.filter((run) => isLive(folder, run));
    const results = [
      ...runs.filter(({ id }) => pinned.has(id)).flatMap(({ id }) => resultsOf(readRun(folder, id), 'pinned')),
      ...runsByPipeline(runs).flatMap((ofOne) => currentResults(folder, ofOne)),
      ...live.flatMap(({ id }) => liveResults(folder, id)),
    ];
    if (live.length === 0) return { results };
    return { results, liveSince: Math.min(...live.map(({ started }) => Date.parse(started))) };
  });
}

/** Each newest first, as they came. Older records say only what was typed: their file counts as there. */
function runsByPipeline(runs: readonly RunSummary[]): readonly (readonly RunSummary[])[] {
  const counting = runs.filter(({ status, path }) => status !== 'damaged' && (path === undefined || existsSync(path)));
  return [...groupBy(counting, ({ path, file }) => path ?? `typed: ${file}`).values()];
}

function currentResults(folder: string, newestFirst: readonly RunSummary[]): readonly NeededResult[] {
  const needed: NeededResult[] = [];
  const found = new Set<StageId>();
  for (const { id } of newestFirst) {
    const record = readRun(folder, id);
    if (record === undefined) continue;
    if (isWhole(record)) return [...needed, ...resultsOf(record, 'current')];
    needed.push(...resultsOf(record, 'current', ({ id: stage }) => !found.has(stage)));
    for (const stage of record.stages) if (stage.artifact !== undefined) found.add(stage.id);
  }
  return needed;
}

function isWhole({ status, definition }: RunRecord): boolean {
  return (status === 'succeeded' || status === 'gate-missed') && definition.targets === undefined;
}

function resultsOf(
  record: RunRecord | undefined,
  why: NeededResult['why'],
  counts: (stage: StageRun) => boolean = () => true,
): readonly NeededResult[] {
  return (record?.stages ?? []).filter(counts).flatMap(({ key, artifact }) => {
    if (record === undefined || key === undefined) return [];
    return [{ why, run: record.id, key, ...(artifact === undefined ? {} : { artifact }) }];
  });
}

/** On another host nobody here can tell whether a run goes on; one that has said nothing for a week does not. */
function isLive(folder: string, { id, status, process }: RunSummary): boolean {
  if (status !== 'running' || process === undefined) return false;
  if (processState(process) !== 'elsewhere') return true;
  const files = runFolder(folder, id);
  const told = [files.events, files.record].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Date.now() - Math.max(...told) < LONGEST_SILENCE_MS;
}

const LONGEST_SILENCE_MS = 7 * 24 * 3600 * 1000;

/** By its events, which are newer than its record. */
function liveResults(folder: string, run: RunId): readonly NeededResult[] {
  return readEvents(runFolder(folder, run).events).flatMap((event) => liveResult(run, event));
}

function liveResult(run: RunId, event: PipelineEvent): readonly NeededResult[] {
  if (event.type === 'stage-started' || event.type === 'stage-waiting') return [{ why: 'live', run, key: event.key }];
  if (event.type !== 'stage-reused' && event.type !== 'stage-finished') return [];
  const { key, artifact } = event;
  return [{ why: 'live', run, key, artifact }];
}
