import { mkdirSync } from 'node:fs';
import { replaceFileSync, replaceFlushedSync } from '../base/atomic-file.ts';
import type { PipelineEvent } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import { type AppendFile, appendFile } from './append-file.ts';
import { type RunFolder, runFolder } from './run-folder.ts';
import type { RunRecord } from './run-record.ts';
import { initialRecord, type RunStart } from './run-start.ts';
import { runState, type RunState } from './run-state.ts';

/** The run's record, as a sink of its events. */
export interface RunRecorder {
  /** `<store>/runs/<id>` */
  readonly folder: string;
  /** Never throws: what cannot be written is told by `close`. */
  emit(event: PipelineEvent): void;
  /** The record as it is now. */
  record(): RunRecord;
  /**
   * Writes the rest and the final record.
   * @throws StoreError where something of it could not be written
   */
  close(): Promise<RunRecord>;
}

/**
 * Begins the record of a run. Events go to a file as they come, at the latest after a second; the record is written at the
 * start, while stages end, and at the end, so that a run that was killed is listed with what it had done.
 * @throws StoreError where the folder cannot be written to
 */
export async function startRunRecord(start: RunStart): Promise<RunRecorder> {
  const files = runFolder(start.folder, start.run);
  const state = runState(initialRecord(start));
  const git = start.git?.then((found) => {
    if (found !== undefined) state.setGit(found);
  });
  await usable(start.folder, () => {
    mkdirSync(start.folder, { recursive: true });
    // Not recursive: two runs never share a folder.
    mkdirSync(files.root);
    writeState(files, state);
  });
  const writer = runWriter(files, state);
  return {
    folder: files.root,
    emit(event) {
      state.apply(event);
      writer.write(event);
    },
    record: () => state.record(),
    async close() {
      await git;
      await usable(start.folder, () => {
        writer.close();
      });
      return state.record();
    },
  };
}

interface RunWriter {
  write(event: PipelineEvent): void;
  close(): void;
}

/** Stops at the first thing that cannot be written, which `close` throws: a full disk must not end the run itself. */
function runWriter(files: RunFolder, state: RunState): RunWriter {
  const events = appendFile(files.events);
  const logs = new Map<StageId, AppendFile>();
  const failures: unknown[] = [];
  let outdated = false;
  let writtenAt = monotonicMs();
  let cost = 0;
  const timer = setInterval(() => {
    attempt(() => {
      events.flush();
      for (const log of logs.values()) log.flush();
      refresh();
    });
  }, FLUSH_MS);
  timer.unref();
  return {
    write(event) {
      attempt(() => {
        if (event.type === 'stage-output') {
          logOf(event.stage).append(event.text);
          return;
        }
        events.append(`${JSON.stringify(event)}\n`);
        if (!ENDS.has(event.type)) return;
        if ('stage' in event) closeLog(event.stage);
        outdated = true;
        refresh();
      });
    },
    close() {
      clearInterval(timer);
      attempt(() => {
        events.close();
        for (const stage of [...logs.keys()]) closeLog(stage);
      });
      // Tried also after a failure: there may be room again.
      replaceFlushedSync(files.record, toText(state.record()));
      // Made from the record: where a power cut takes it, the list reads that.
      replaceFileSync(files.summary, toText(state.summary()));
      if (failures.length > 0) throw failures[0];
    },
  };

  function attempt(action: () => void): void {
    if (failures.length > 0) return;
    try {
      action();
    } catch (error) {
      failures.push(error);
    }
  }

  /** For a run of thousands of stages the record is long, and is not written for each of them: at most a twentieth of the time. */
  function refresh(): void {
    const now = monotonicMs();
    if (!outdated || now - writtenAt < Math.max(REST_MS, cost * 20)) return;
    writeState(files, state);
    outdated = false;
    writtenAt = monotonicMs();
    cost = writtenAt - now;
  }

  function logOf(stage: StageId): AppendFile {
    const open = logs.get(stage);
    if (open !== undefined) return open;
    mkdirSync(files.logs, { recursive: true });
    const log = appendFile(files.log(stage));
    logs.set(stage, log);
    return log;
  }

  function closeLog(stage: StageId): void {
    logs.get(stage)?.close();
    logs.delete(stage);
  }
}

/** `performance` is a module that takes half a millisecond to load. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const FLUSH_MS = 1000;
const REST_MS = 250;
const ENDS: ReadonlySet<PipelineEvent['type']> = new Set([
  'stage-reused',
  'stage-finished',
  'stage-failed',
  'stage-skipped',
]);

function writeState(files: RunFolder, state: RunState): void {
  replaceFileSync(files.record, toText(state.record()));
  replaceFileSync(files.summary, toText(state.summary()));
}

function toText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
