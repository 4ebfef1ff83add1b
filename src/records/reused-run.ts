import { mkdirSync, writeFileSync } from 'node:fs';
import { replaceFileSync, replaceFlushedSync } from '../base/atomic-file.ts';
import type { PipelineEvent } from '../core/event.ts';
import { usable } from '../core/usable.ts';
import { runFolder } from './run-folder.ts';
import type { RunRecord, RunSummary } from './run-record.ts';
import { initialRecord, type RunStart } from './run-start.ts';
import { NO_STAGES, runState } from './run-state.ts';

/** A run in which every stage was reused, told at once: as texts, since a record of thousands of stages need not be understood to be written. */
export interface ReusedRun {
  /** All events, a line of JSON each. */
  readonly events: string;
  /** The record's `stages`, as JSON. */
  readonly stages: string;
  readonly count: number;
  /** Of the events, those that are not a stage's. */
  readonly own: readonly PipelineEvent[];
}

/**
 * Writes the whole record, which is then as the recorder would have left it.
 * @returns the run's folder
 * @throws StoreError where it could not be written
 */
export async function recordReusedRun(start: RunStart, { events, stages, count, own }: ReusedRun): Promise<string> {
  const files = runFolder(start.folder, start.run);
  const state = runState(initialRecord(start));
  for (const event of own) state.apply(event.type === 'run-started' ? { ...event, stages: [] } : event);
  const git = await start.git;
  if (git !== undefined) state.setGit(git);
  await usable(start.folder, () => {
    mkdirSync(start.folder, { recursive: true });
    // Not recursive: two runs never share a folder.
    mkdirSync(files.root);
    replaceFlushedSync(files.record, recordText(state.record(), stages));
    const summary: RunSummary = { ...state.summary(), counts: { ...NO_STAGES, reused: count } };
    replaceFileSync(files.summary, `${JSON.stringify(summary)}\n`);
    writeFileSync(files.events, events);
  });
  return files.root;
}

function recordText({ stages: _, ...record }: RunRecord, stages: string): string {
  return `${JSON.stringify(record).slice(0, -1)},"stages":${stages}}\n`;
}
