import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { groupBy } from '../../base/group-by.ts';
import type { Digest } from '../../base/hash.ts';
import type { StageKey } from '../../core/ids.ts';
import type { Preimage } from '../../core/preimage.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { usable } from '../../core/usable.ts';
import type { Damage, DamageOwner } from '../../core/verify.ts';
import { isWholeCheckpoint } from '../checkpoints.ts';
import { openFormat } from '../format.ts';
import { type StoredCheckpoint, takeInventory } from '../gc/inventory.ts';
import { type Layout, storeLayout } from '../layout.ts';
import { artifactOf, discardDamaged, hasObject } from '../objects.ts';
import { isRecordWhole, recordAt, recordKeys } from '../results.ts';
import { hashFiles } from './hash-files.ts';

export interface VerifyRequest {
  /** Takes damaged things away. */
  readonly repair: boolean;
  /** What a record's key has to be. */
  readonly keyOf: (preimage: Preimage) => StageKey;
  /** Of bytes. */
  readonly progress: (done: number, total: number) => void;
}

export interface VerifiedStore {
  readonly damages: readonly Damage[];
  readonly objects: number;
  readonly records: number;
  readonly checkpoints: number;
  readonly bytes: number;
}

/**
 * Reads everything in the store, and says what is not what it should be. Beside runs and gc too: what is found is looked at again
 * before it is told, since it may have been going away just then.
 * @throws StoreError where the folder cannot be used
 */
export function verifyStore(folder: string, request: VerifyRequest): Promise<VerifiedStore> {
  const layout = storeLayout(resolve(folder));
  return usable(layout.root, async () => {
    if (!existsSync(layout.root)) return { damages: [], objects: 0, records: 0, checkpoints: 0, bytes: 0 };
    await openFormat(layout);
    const { objects, checkpoints } = takeInventory(layout);
    const keys = recordKeys(layout);
    const records = keys.map((key) => [key, recordAt(layout, key)] as const);
    const owners = ownersOf(records.flatMap(([, record]) => record ?? []));
    const damages = [
      ...(await damagedObjects(layout, {
        request,
        owners,
        objects: [...objects].map(([digest, file]) => ({ ...file, digest })),
      })),
      ...records.flatMap(([key, record]) => damagedRecord(layout, request, { key, record }) ?? []),
      ...(await damagedCheckpoints(checkpoints, request)),
    ];
    const bytes = [...objects.values(), ...checkpoints].reduce((sum, each) => sum + each.bytes, 0);
    return { damages, objects: objects.size, records: keys.length, checkpoints: checkpoints.length, bytes };
  });
}

type Owners = ReadonlyMap<Digest, readonly OwnedFile[]>;

interface OwnedFile {
  readonly digest: Digest;
  readonly owner: DamageOwner;
}

function ownersOf(records: readonly StageRecord[]): Owners {
  const files = records.flatMap(({ artifact, madeBy }) =>
    artifact.files.map(({ digest, path }): OwnedFile => ({ digest, owner: { ...madeBy, file: path } })),
  );
  return groupBy(files, ({ digest }) => digest);
}

interface NamedFile {
  readonly digest: Digest;
  readonly path: string;
  readonly bytes: number;
}

async function damagedObjects(
  layout: Layout,
  { request, owners, objects }: { request: VerifyRequest; owners: Owners; objects: readonly NamedFile[] },
): Promise<readonly Damage[]> {
  const total = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const suspects: NamedFile[] = [];
  await hashFiles(objects, (object, digest) => {
    done += object.bytes;
    request.progress(done, total);
    if (digest !== object.digest) suspects.push(object);
  });
  const damages: Damage[] = [];
  for (const { digest, path } of suspects) {
    if (!(await isDamaged(layout, digest))) continue;
    const repaired = request.repair && (await discardDamaged(layout, digest));
    const message = 'its bytes are not what its name says';
    const owned = owners.get(digest) ?? [];
    damages.push({ what: 'object', path, message, owners: owned.map(({ owner }) => owner), repaired });
  }
  return damages;
}

/** Looked at once more; one that is gone was taken away by somebody. */
async function isDamaged(layout: Layout, digest: Digest): Promise<boolean> {
  const path = layout.object(digest);
  let found: Digest | undefined;
  await hashFiles([{ path, bytes: Number.MAX_SAFE_INTEGER }], (_, now) => {
    found = now;
  });
  return existsSync(path) && found !== digest;
}

function damagedRecord(
  layout: Layout,
  request: VerifyRequest,
  { key, record }: { key: StageKey; record: StageRecord | undefined },
): Damage | undefined {
  const message = record === undefined ? UNREADABLE : faultOf(layout, request, record);
  if (message === undefined) return undefined;
  const path = layout.record(key);
  const now = recordAt(layout, key);
  if (!existsSync(path) || (now !== undefined && faultOf(layout, request, now) === undefined)) return undefined;
  if (request.repair) rmSync(path, { recursive: true, force: true });
  return {
    what: 'record',
    path,
    message,
    owners: record === undefined ? [] : [record.madeBy],
    repaired: request.repair,
  };
}

const UNREADABLE = 'it is not what was written';

/** A whole seal is no proof: what wrote it may have been wrong. */
function faultOf(layout: Layout, { keyOf }: VerifyRequest, record: StageRecord): string | undefined {
  const { artifact } = record;
  if (keyOf(record.preimage) !== record.key) return 'its key is not the digest of what it says went into it';
  if (artifactOf(artifact.kind, artifact.files).digest !== artifact.digest) return 'its artifact has another digest';
  if (isRecordWhole(layout, record)) return undefined;
  const missing = artifact.files.filter(({ digest, bytes }) => !hasObject(layout, digest, bytes));
  return `objects that it names are not there, or of another size: ${missing.map(({ path }) => path).join(', ')}`;
}

async function damagedCheckpoints(
  checkpoints: readonly StoredCheckpoint[],
  { repair }: VerifyRequest,
): Promise<readonly Damage[]> {
  const damages: Damage[] = [];
  for (const { path, folder, epoch, manifest } of checkpoints) {
    if ((await isWholeCheckpoint(folder, epoch)) || !existsSync(path)) continue;
    // A stage that goes further removes the ones before, file by file.
    await breathe();
    if ((await isWholeCheckpoint(folder, epoch)) || !existsSync(path)) continue;
    if (repair) rmSync(path, { recursive: true, force: true });
    const owners = manifest?.owner === undefined ? [] : [manifest.owner.madeBy];
    damages.push({
      what: 'checkpoint',
      path,
      message: 'a file of it is missing, or is not what was saved',
      owners,
      repaired: repair,
    });
  }
  return damages;
}
