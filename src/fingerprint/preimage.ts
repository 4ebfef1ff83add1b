import type { Digest } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { Preimage, TensorEnvironment } from '../core/preimage.ts';
import type { StageType } from '../core/stage-type.ts';

export interface PreimageParts {
  readonly type: StageType;
  /** As in StageSpec: filled in, written out, defaults added. */
  readonly options: JsonObject;
  /** Digest of the artifact in each slot. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** Digest of each file of the person's, by the name that the stage type gives it. */
  readonly files?: Readonly<Record<string, Digest>>;
  readonly seed: number;
  /** Keyed hashes of a command's variables. */
  readonly env?: Readonly<Record<string, Digest | null>>;
  /** Node's major version, for a command that it runs. */
  readonly node?: number;
  readonly environment: TensorEnvironment;
}

/** Everything that determines the stage's result, less what its type says it does not use. */
export function stagePreimage(parts: PreimageParts): Preimage {
  const { type, options, inputs, files, seed, env, node, environment } = parts;
  return {
    format: 1,
    type: { name: type.name, version: type.version },
    code: type.code,
    options: type.keyOptions?.(options) ?? options,
    inputs,
    ...(files !== undefined && Object.keys(files).length > 0 ? { files } : {}),
    ...(type.uses.seed ? { seed } : {}),
    ...(env !== undefined && Object.keys(env).length > 0 ? { env } : {}),
    ...(node === undefined ? {} : { node }),
    ...(type.uses.tensors ? { environment } : {}),
  };
}
