import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import type { StageKey } from '../core/ids.ts';
import type { Preimage } from '../core/preimage.ts';

/** The key of a stage: a digest of all that determines its result, and of nothing else. */
export function stageKey(preimage: Preimage): StageKey {
  return digestOf('stage key', preimage as unknown as JsonValue) as StageKey;
}

/**
 * SHA-256 of what kind of value this is, its length and its canonical text. The name and the length in front keep digests of
 * two purposes apart, however their values look.
 */
export function digestOf(purpose: string, value: JsonValue): Digest {
  const text = canonicalJson(value);
  return sha256(`distill-pipeline ${purpose} 1\n${Buffer.byteLength(text)}\n${text}`);
}
