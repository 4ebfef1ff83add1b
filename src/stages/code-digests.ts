import { sha256 } from '../base/hash.ts';
import type { Digest } from '../base/hash.ts';

/** Put in place by the build: for each stage type, the digest of its run.ts with everything that it imports. */
declare const STAGE_CODE_DIGESTS: Readonly<Record<string, Digest>> | undefined;

/** Digest of the code that runs a stage type. Run from source, where nothing is built, all are one and the same. */
export function codeDigest(type: string): Digest {
  if (typeof STAGE_CODE_DIGESTS === 'undefined') return sha256('unbuilt');
  const digest = STAGE_CODE_DIGESTS[type];
  if (digest === undefined) throw new Error(`the build took no digest of the stage type ${type}`);
  return digest;
}
