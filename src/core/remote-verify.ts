import type { Digest } from '../base/hash.ts';
import type { StageKey } from './ids.ts';
import type { StageRecord } from './stage-record.ts';

/** What `pipeline verify --remote --json` prints. */
export interface RemoteVerifyReport {
  /** For people: `s3://bucket/prefix`. */
  readonly remote: string;
  readonly damages: readonly RemoteDamage[];
  /** How many records were read. */
  readonly records: number;
  /** How many objects were brought here and hashed. */
  readonly objects: number;
  /** Bytes of these objects. */
  readonly bytes: number;
}

/** Something in a remote that is not what it should be. */
export interface RemoteDamage {
  readonly what: 'record' | 'object';
  /** The record's key, or the object's digest. */
  readonly name: StageKey | Digest;
  /** `missing`: a record names it. */
  readonly state: 'damaged' | 'missing';
  /** The stages whose results have it, as far as that is known. */
  readonly owners: readonly StageRecord['madeBy'][];
  /** It was taken away: the stage that makes it is a miss, and mends it. */
  readonly repaired: boolean;
}
