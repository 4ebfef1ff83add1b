import type { Digest } from '../base/hash.ts';

/** `[a-z][a-z0-9-]*`, and for a stage with axes `@temperature=4,width=128` after it; unique in its pipeline. */
export type StageId = string & { readonly __brand: 'StageId' };
/** Sorts by time: `20261124-142233-k3f9`. */
export type RunId = string & { readonly __brand: 'RunId' };
/** The fingerprint of everything that determines a stage's result, and of nothing else. */
export type StageKey = Digest & { readonly __key: 'StageKey' };
