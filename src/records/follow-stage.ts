import { isJsonObject } from '../base/json.ts';
import type { PipelineEvent } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { StageProgress } from '../core/stage-runner.ts';
import { changeOrPause, newLines } from './growing-file.ts';
import { runFolder } from './run-folder.ts';

export interface FollowedStage {
  /** `<store>/runs` */
  readonly folder: string;
  /** Whose events are read. */
  readonly run: RunId;
  readonly key: StageKey;
}

export interface FollowHooks {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The latest there is, each time that there is something new. */
  readonly progress: (event: StageProgress) => void;
}

/**
 * Tells how a stage of another run gets on, by what that run writes down. Whatever is wrong there (no record, a damaged one, another
 * version's) only means that nothing is told.
 */
export async function followStage(
  { folder, run, key }: FollowedStage,
  { signal, progress }: FollowHooks,
): Promise<void> {
  // It comes from a file of the store, and becomes part of a path.
  if (!/^[\w-]+$/.test(run)) return;
  const { events } = runFolder(folder, run);
  const lines = newLines(events);
  let stage: StageId | undefined;
  while (!signal.aborted) {
    // Of what came since the last look: the last epoch, and how far the next one is.
    let [ended, under]: (StageProgress | undefined)[] = [];
    for (const line of lines()) {
      const event = eventIn(line);
      if (event?.type === 'stage-started' && event.key === key) stage = event.stage;
      if ((event?.type !== 'epoch-ended' && event?.type !== 'stage-progress') || event.stage !== stage) continue;
      const { time: _time, stage: _stage, ...told } = event;
      if (told.type === 'epoch-ended') ended = told;
      under = told.type === 'epoch-ended' ? undefined : told;
    }
    for (const told of [ended, under]) if (told !== undefined) progress(told);
    await changeOrPause(events, signal);
  }
}

/** Looked at as far as it is used: another process wrote it. */
function eventIn(line: string): PipelineEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    if (!isJsonObject(event)) return undefined;
    const { type, stage } = event;
    if (typeof type !== 'string' || typeof stage !== 'string') return undefined;
    const isWhole = NUMBERS[type]?.every((name) => typeof event[name] === 'number') === true;
    return isWhole ? (event as unknown as PipelineEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** By type of event, what has to be a number in it. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  'stage-started': [],
  'epoch-ended': ['epoch', 'epochs', 'samplesPerSecond', 'seconds', 'secondsLeft'],
  'stage-progress': ['done', 'total'],
};
