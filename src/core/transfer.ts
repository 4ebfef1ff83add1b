import type { RunId, StageId, StageKey } from './ids.ts';

/** What `pipeline push --json` and `pipeline pull --json` print. */
export interface TransferReport {
  /** For people: `s3://bucket/prefix`. */
  readonly remote: string;
  /** Absent where it was about no run. */
  readonly run?: RunId;
  /** By their keys: each once, though several stages may have it. */
  readonly results: readonly TransferredResult[];
  /** Of objects that were sent or brought. */
  readonly bytes: number;
}

/** One result of a transfer. */
export interface TransferredResult {
  readonly stage: StageId;
  readonly key: StageKey;
  /**
   * `moved`: it is there now, or here; `there`: it was before; `other`: the remote has another result under the key, which stays, as does
   * the one here; `absent`: where it was to come from has it not.
   */
  readonly outcome: 'moved' | 'there' | 'other' | 'absent';
}
