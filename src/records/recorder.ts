import type { PipelineEvent } from '../core/event.ts';
import type { RunId } from '../core/ids.ts';
import type { GitState, HostFacts, RunDefinition, RunRecord, Versions } from './run-record.ts';

export interface RunStart {
  /** `<store>/runs` */
  readonly folder: string;
  readonly run: RunId;
  /** Milliseconds since 1970, from the run's clock. */
  readonly started: number;
  readonly definition: RunDefinition;
  readonly versions: Versions;
  readonly host: HostFacts;
  /** Asked of Git while the run goes on already. */
  readonly git?: Promise<GitState | undefined>;
}

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

/** @throws StoreError where the folder cannot be written to */
export function startRunRecord(_start: RunStart): Promise<RunRecorder> {
  return Promise.reject(new Error('not written yet'));
}
