import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256InPieces } from '../../base/hash.ts';
import type { ArtifactFile } from '../../core/artifact.ts';
import { RemoteError } from '../../core/remote-error.ts';
import type { RemotePlace } from '../../core/remote-place.ts';
import { usable } from '../../core/usable.ts';

export type Received = 'whole' | 'missing' | 'damaged';

/** What the place calls it, and what it has to be. */
type Wanted = Pick<ArtifactFile, 'digest' | 'bytes'> & { readonly name: string };

interface Receiving {
  /** Of a new file. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Writes what has a name in the place into a file, hashed as it comes. What is cut off goes on where it was cut. The file is what was
 * wanted only if it is `whole`.
 */
export function receiveFile(place: RemotePlace, wanted: Wanted, receiving: Receiving): Promise<Received> {
  // What the remote refuses, it says in words of its own.
  return usable(dirname(receiving.path), () => receiveInto(place, wanted, receiving));
}

async function receiveInto(place: RemotePlace, wanted: Wanted, receiving: Receiving): Promise<Received> {
  const file = await open(receiving.path, 'wx');
  try {
    // Another object could be under the name when reading goes on, so what went on and is not whole is read again from its start.
    const first = await receiveFrom(place, wanted, { ...receiving, file });
    return first === 'other'
      ? endOf(await receiveFrom(place, wanted, { ...receiving, file, atOnce: true }))
      : endOf(first);
  } finally {
    await file.close();
  }
}

type Outcome = Received | 'other';

function endOf(outcome: Outcome): Received {
  return outcome === 'other' ? 'damaged' : outcome;
}

interface Into extends Receiving {
  readonly file: FileHandle;
  /** Without going on after a cut. */
  readonly atOnce?: boolean;
}

/** `other`: its pieces were not of one object. */
async function receiveFrom(place: RemotePlace, { name, digest, bytes }: Wanted, into: Into): Promise<Outcome> {
  const { file, signal, atOnce = false } = into;
  const hash = sha256InPieces();
  let position = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const content = await place.read(name, { signal, ...(position === 0 ? {} : { from: position }) });
      if (content === undefined) return 'missing';
      if (content.item.bytes !== bytes) return 'damaged';
      for await (const piece of content.pieces) {
        if (position + piece.length > bytes) return 'damaged';
        hash.add(piece);
        await file.write(piece, 0, piece.length, position);
        position += piece.length;
      }
    } catch (error) {
      const isOver = !(error instanceof RemoteError) || error.isLasting || attempt >= MOST_ATTEMPTS || atOnce;
      if (isOver || signal.aborted) throw error;
    }
    if (position === bytes) {
      if (hash.digest() === digest) return 'whole';
      return attempt > 1 && !atOnce ? 'other' : 'damaged';
    }
    if (attempt >= MOST_ATTEMPTS) throw new RemoteError(`${place.name} gives less of an object than it has`);
    await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal });
  }
}

const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
