import type { Digest } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';

/**
 * Everything that determines a stage's result, field by field with its reason. The key is its hash; it is stored beside the
 * result, so that `why` can tell what changed. Absent on purpose: paths, stage ids, the pipeline's name, comments, key
 * order, concurrency, logging.
 */
export interface Preimage {
  /** Raised when the meaning of a field changes; old results are then misses. */
  readonly format: 1;
  /** What is done, and what its options mean. */
  readonly type: { readonly name: string; readonly version: number };
  /** A changed helper is a changed stage. */
  readonly code: Digest;
  /** Written out, so that `epochs: 2` and a default of 2 are one stage. */
  readonly options: JsonObject;
  /** Content, not the producer's key: a producer that makes the same bytes again stops the change there. By slot. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** The person's own files, by content. */
  readonly files?: Readonly<Record<string, Digest>>;
  /** Only for stages that draw at random. */
  readonly seed?: number;
  /** Only for commands: a keyed hash of each variable that was declared; null for one that is not set. */
  readonly env?: Readonly<Record<string, Digest | null>>;
  /** Only for commands that Node runs: its major version. */
  readonly node?: number;
  /** Only for stages that compute with tensors: what changes the bits of a float. */
  readonly environment?: TensorEnvironment;
}

export interface TensorEnvironment {
  readonly [name: string]: string | number;
  readonly backend: string;
  readonly tfjs: string;
  readonly arch: string;
  readonly threads: number;
  readonly node: number;
}
