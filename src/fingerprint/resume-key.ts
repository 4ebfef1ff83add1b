import type { Digest } from '../base/hash.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageType } from '../core/stage-type.ts';
import { digestOf } from './key.ts';

/**
 * Names the checkpoints that a stage may go on from: its preimage without what only says how far to go. Where going further is
 * not the same as starting afresh, everything counts, and only an interrupted stage finds its own checkpoints.
 */
export function resumeKey(type: StageType, preimage: Preimage, options: JsonObject): Digest {
  const resumable = type.resumableOptions?.(options);
  const kept = resumable === undefined ? preimage : { ...preimage, options: resumable };
  return digestOf('resume key', { preimage: kept, extends: resumable !== undefined } as unknown as JsonValue);
}

/** Names the checkpoints of a stage that runs again whatever the store holds. @param resumeKey of the one that need not */
export function afreshKey(resumeKey: Digest): Digest {
  return digestOf('resume key afresh', resumeKey);
}
