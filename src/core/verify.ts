import type { StageRecord } from './stage-record.ts';

/** Something in a store that is not what it should be. */
export interface Damage {
  readonly what: 'object' | 'record' | 'checkpoint' | 'run' | 'pin' | 'label';
  /** Absolute. */
  readonly path: string;
  /** What is wrong with it. */
  readonly message: string;
  /** Whose it is, as far as that is known. */
  readonly owners: readonly DamageOwner[];
  /** It was taken away: what needs it is a miss, and made again. */
  readonly repaired: boolean;
}

export interface DamageOwner extends Partial<StageRecord['madeBy']> {
  /** Of the file in the stage's artifact. */
  readonly file?: string;
}

/** What `pipeline verify --json` prints. */
export interface VerifyReport {
  /** Absolute folder. */
  readonly store: string;
  readonly damages: readonly Damage[];
  /** How many were looked at. */
  readonly objects: number;
  /** How many of these. */
  readonly records: number;
  /** How many of these. */
  readonly checkpoints: number;
  /** How many of these. */
  readonly runs: number;
  /** Bytes that were read and hashed. */
  readonly bytes: number;
  /** From start to end. */
  readonly seconds: number;
}
