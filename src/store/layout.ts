import { join } from 'node:path';
import type { Digest } from '../base/hash.ts';
import type { StageKey } from '../core/ids.ts';

/** Where things lie in a store's folder. */
export interface Layout {
  readonly root: string;
  /** The format's version. */
  readonly formatFile: string;
  /** Half-made things, each under a name that says whose: see temporary.ts. */
  readonly temporary: string;
  readonly objects: string;
  readonly keys: string;
  readonly locks: string;
  readonly checkpointRoot: string;
  /** Records in a few words: see record-index.ts. */
  readonly recordIndex: string;
  readonly downloads: string;
  /** By run, what a person had written where outputs go. */
  readonly replaced: string;
  /** A file for each output that somebody began to make and did not finish. */
  readonly unfinished: string;
  object(digest: Digest): string;
  record(key: StageKey): string;
  lock(key: StageKey): string;
  checkpoints(resumeKey: Digest): string;
}

export function storeLayout(root: string): Layout {
  return {
    root,
    formatFile: join(root, 'store.json'),
    temporary: join(root, 'tmp'),
    objects: join(root, 'objects'),
    keys: join(root, 'keys'),
    locks: join(root, 'locks'),
    checkpointRoot: join(root, 'checkpoints'),
    recordIndex: join(root, 'record-index.json'),
    downloads: join(root, 'downloads'),
    replaced: join(root, 'replaced'),
    unfinished: join(root, 'unfinished'),
    object: (digest) => `${root}/objects/${fanned(digest)}`,
    record: (key) => `${root}/keys/${fanned(key)}.json`,
    lock: (key) => `${root}/locks/${checked(key)}`,
    checkpoints: (resumeKey) => `${root}/checkpoints/${fanned(resumeKey)}`,
  };
}

/** `ab/cdef…`: folders stay small, and quick to list. */
function fanned(digest: Digest): string {
  return `${checked(digest).slice(0, 2)}/${digest.slice(2)}`;
}

/** A digest becomes part of a path, so what comes from a record or from elsewhere must be one. */
function checked(digest: Digest): Digest {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TypeError(`not a digest: ${digest}`);
  return digest;
}
