import type { Digest } from '../../../src/base/hash.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { StageType } from '../../../src/core/stage-type.ts';
import type { Step } from './steps.ts';

/** What a test says of a stage. Only `content`, `seed`, `file` and `epochs` enter the key; how it gets there does not. */
export interface Steering {
  /** What it writes, before what its inputs hold. */
  readonly content?: string;
  /** Writes `content` alone, whatever its inputs hold. */
  readonly constant?: boolean;
  readonly seed?: number;
  /** A file of the person's, whose text it writes too. */
  readonly file?: string;
  /** Counts its runs in this file, and writes the number too: other content under the same key. */
  readonly counts?: string;
  /** Saves a checkpoint for each. */
  readonly epochs?: number;
  /** Fails when it has trained this epoch, but not where it goes on from a checkpoint of it. */
  readonly failsAfter?: number;
  readonly steps?: readonly Step[];
}

const open = { kind: 'files', required: false, description: 'what it reads' } as const;

/** A stage type that does what the test tells it to. */
export const steeredType: StageType = {
  name: 'steered',
  description: 'does what the test tells it to',
  version: 1,
  schema: {},
  slots: {},
  otherSlots: open,
  output: 'files',
  determinism: 'bitwise',
  uses: { tensors: false, seed: true },
  code: 'c'.repeat(64) as Digest,
  keyOptions: ({ content = '', constant = false, epochs = 0 }) => ({ content, constant, epochs }),
  resumableOptions: ({ content = '', constant = false }) => ({ content, constant }),
  effort: ({ epochs = 0 }) => Number(epochs),
  externalFiles: ({ file }) => (typeof file === 'string' ? [{ name: 'file', path: file, pointer: '/with/file' }] : []),
};

/** The same, but for a tensor environment in its key. */
export const tensorType: StageType = { ...steeredType, name: 'tensor', uses: { tensors: true, seed: false } };

/** The same again, in a version with other code. */
export function withOtherCode(type: StageType): StageType {
  return { ...type, code: 'd'.repeat(64) as Digest };
}

export function optionsOf(steering: Steering): JsonObject {
  return steering as unknown as JsonObject;
}
