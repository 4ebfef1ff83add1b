import type { Digest } from '../base/hash.ts';
import type { RunId, StageKey } from './ids.ts';
import type { StageRecord } from './stage-record.ts';

/** What runs need of a store: gc does not take it, however large the store is. */
export interface Needed {
  readonly keys: ReadonlyMap<StageKey, NeedReason>;
  readonly objects: ReadonlyMap<Digest, NeedReason>;
}

/** Of a pinned run, of a current pipeline's latest run, of a run under way. */
export type NeedReason = 'pinned' | 'current' | 'live';

export interface GcRules {
  /** Bytes of objects, records and checkpoints. */
  readonly limit: number;
  /** Milliseconds: what is younger stays. */
  readonly grace: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What goes, and what stays. */
export interface GcChoice {
  /** In the order in which they were chosen: first what is nobody's, then the cheapest to make again. */
  readonly victims: readonly Victim[];
  readonly kept: readonly KeptShare[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface Victim {
  readonly what: 'result' | 'checkpoint' | 'object' | 'record' | 'half-made' | 'lock' | 'replaced';
  /** `over-limit`: it would be a hit, but there is no room. `unnamed`: no record has it. `damaged`: it is no use to anybody. `expired`: it was kept long enough. */
  readonly why: 'over-limit' | 'unnamed' | 'damaged' | 'abandoned' | 'expired';
  readonly path: string;
  /** What the store is smaller without it and those before it in the list. */
  readonly bytes: number;
  /** To make it again. */
  readonly seconds?: number;
  readonly madeBy?: StageRecord['madeBy'];
  readonly createdAt?: string;
  /** Of the result, or of the one that the checkpoint led to. */
  readonly key?: StageKey;
  /** The epoch of a checkpoint. */
  readonly epoch?: number;
}

export interface KeptShare {
  /** `fits`: nobody needs it now, and there is room for it. */
  readonly why: NeedReason | 'young' | 'fits';
  readonly results: number;
  readonly checkpoints: number;
  /** What several need counts for the first of them, in the order pinned, current, live, young, fits. */
  readonly bytes: number;
}

/** What `pipeline gc --json` prints. */
export interface GcReport extends GcChoice {
  readonly dryRun: boolean;
  /** Absolute folder. */
  readonly store: string;
  /** Bytes. */
  readonly limit: number;
  /** For whom something stays. */
  readonly runs: Readonly<Record<NeedReason, readonly RunId[]>>;
}
