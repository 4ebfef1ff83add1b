import type { Digest } from '../../base/hash.ts';
import type { Victim } from '../../core/gc.ts';
import type { Inventory, StoredFile } from './inventory.ts';
import type { ReasonedCheckpoint, ReasonedResult, Reasons } from './reasons.ts';

export interface Candidate {
  /** To be called once, and in order: what it frees depends on what went before. */
  readonly drop: () => Victim;
}

/** What may go, and would be missed: the cheapest first. */
export function inOrderOfWorth(inventory: Inventory, reasons: Reasons): readonly Candidate[] {
  const freeable = freeableObjects(inventory, reasons);
  const candidates = [
    ...reasons.results.filter(({ why }) => why === undefined).map((result) => resultCandidate(result, freeable)),
    ...reasons.checkpoints
      .filter(({ stored, why, isSpare }) => stored.manifest !== undefined && (why === undefined || isSpare))
      .map(checkpointCandidate),
  ];
  return candidates.sort((a, b) => a.turn - b.turn || a.worth - b.worth || a.changedAt - b.changedAt);
}

interface Weighed extends Candidate {
  /** Those of a later turn go when all of the earlier ones have gone. */
  readonly turn: number;
  /** Seconds to make it again, for each byte that it frees. */
  readonly worth: number;
  readonly changedAt: number;
}

interface FreeableObject {
  readonly file: StoredFile;
  /** Results that name it and have not been dropped. */
  names: number;
}

/** Objects that only results name which may go. */
function freeableObjects({ objects }: Inventory, reasons: Reasons): ReadonlyMap<Digest, FreeableObject> {
  const freeable = new Map<Digest, FreeableObject>();
  for (const { record, why } of reasons.results) {
    if (why !== undefined) continue;
    for (const digest of digestsIn(record)) {
      const file = objects.get(digest);
      if (file === undefined || reasons.objects.has(digest)) continue;
      const known = freeable.get(digest);
      if (known === undefined) freeable.set(digest, { file, names: 1 });
      else known.names++;
    }
  }
  return freeable;
}

/** An object of several results is a share of each. */
function resultCandidate({ stored, record }: ReasonedResult, freeable: ReadonlyMap<Digest, FreeableObject>): Weighed {
  const own = [...digestsIn(record)].flatMap((digest) => freeable.get(digest) ?? []);
  const share = own.reduce((sum, { file, names }) => sum + file.bytes / names, stored.bytes);
  const { key, seconds, createdAt, madeBy } = record;
  return {
    turn: 1,
    worth: seconds / share,
    changedAt: stored.changedAt,
    drop() {
      let bytes = stored.bytes;
      for (const object of own) if (--object.names === 0) bytes += object.file.bytes;
      return { what: 'result', why: 'over-limit', path: stored.path, bytes, seconds, createdAt, madeBy, key };
    },
  };
}

function checkpointCandidate({ stored, isSpare }: ReasonedCheckpoint): Weighed {
  const { path, bytes, epoch, manifest } = stored;
  const { owner, seconds } = manifest ?? {};
  return {
    turn: isSpare ? 2 : 1,
    // What a checkpoint of an older version took nobody knows.
    worth: (seconds ?? 0) / bytes,
    changedAt: stored.changedAt,
    drop: () => ({
      what: 'checkpoint',
      why: 'over-limit',
      path,
      bytes,
      ...(seconds === undefined ? {} : { seconds }),
      epoch,
      createdAt: new Date(stored.changedAt).toISOString(),
      ...owner,
    }),
  };
}

function digestsIn({ artifact }: ReasonedResult['record']): ReadonlySet<Digest> {
  return new Set(artifact.files.map(({ digest }) => digest));
}
