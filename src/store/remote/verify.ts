import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../base/hash.ts';
import type { RemoteDamage, RemoteVerifyReport } from '../../core/remote-verify.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { RemoteStore } from './remote-store.ts';

export interface RemoteVerifying {
  /** Takes damaged things away. */
  readonly repair: boolean;
  /** Empty, for an object at a time of those that are hashed at once. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

interface NamedObject {
  readonly digest: Digest;
  readonly bytes: number;
  readonly owners: StageRecord['madeBy'][];
}

/** Reads every record, and every object that a record names. Objects that none names are gc's. */
export async function verifyRemote(remote: RemoteStore, verifying: RemoteVerifying): Promise<RemoteVerifyReport> {
  const { repair, signal } = verifying;
  const damages: RemoteDamage[] = [];
  const named = new Map<Digest, NamedObject>();
  let records = 0;
  for await (const { key } of remote.listRecords(signal)) {
    records++;
    const record = await remote.record(key, signal);
    for (const { digest, bytes } of record?.artifact.files ?? []) {
      const object = named.get(digest) ?? { digest, bytes, owners: [] };
      if (record !== undefined) object.owners.push(record.madeBy);
      named.set(digest, object);
    }
    if (record !== undefined) continue;
    if (repair) await remote.removeRecord(key, signal);
    damages.push({ what: 'record', name: key, state: 'damaged', owners: [], repaired: repair });
  }
  const objects = [...named.values()];
  for (let start = 0; start < objects.length; start += AT_ONCE) {
    const some = objects.slice(start, start + AT_ONCE).map((object) => verifyObject(remote, object, verifying));
    damages.push(...(await Promise.all(some)).filter((damage) => damage !== undefined));
  }
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  return { remote: remote.name, damages, records, objects: objects.length, bytes };
}

const AT_ONCE = 4;

async function verifyObject(
  remote: RemoteStore,
  object: NamedObject,
  { repair, folder, signal }: RemoteVerifying,
): Promise<RemoteDamage | undefined> {
  const { digest, owners } = object;
  const path = join(folder, digest);
  const state = await remote.receive(object, path, signal);
  await rm(path, { force: true });
  if (state === 'whole') return undefined;
  const repaired = repair && state === 'damaged';
  if (repaired) await remote.removeOldObject(digest, { before: Infinity, signal });
  return { what: 'object', name: digest, state, owners, repaired };
}
