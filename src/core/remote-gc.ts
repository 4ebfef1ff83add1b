import type { StageKey } from './ids.ts';
import type { StageRecord } from './stage-record.ts';

/** What `pipeline gc --remote --json` prints. */
export interface RemoteGcReport {
  /** For people: `s3://bucket/prefix`. */
  readonly remote: string;
  readonly dryRun: boolean;
  /** Bytes of objects; none, if absent: only what is nobody's goes. */
  readonly limit?: number;
  /** Those that go, the cheapest to make again first. */
  readonly results: readonly RemovedResult[];
  /** Objects that no record and no note names, or none that stays. */
  readonly objects: number;
  /** Those that nobody has gone on from for long, that others have gone beyond, or that were not sent to their end. */
  readonly checkpoints: number;
  /** Of runs on several machines that nothing was heard of for long: what they were of, and how their stages ended. */
  readonly notes: number;
  /** Transfers that were begun and never ended. */
  readonly unfinished: number;
  /** Bytes of objects. */
  readonly bytesBefore: number;
  /** Bytes of objects, without those that go. */
  readonly bytesAfter: number;
}

/** A result that went from a remote, or would. */
export interface RemovedResult {
  readonly key: StageKey;
  /** `damaged`: it is no use to anybody. */
  readonly why: 'over-limit' | 'damaged';
  /** Absent for a damaged one. */
  readonly madeBy?: StageRecord['madeBy'];
  /** What it took to make, in seconds. */
  readonly seconds?: number;
}
