import { isJsonObject } from '../../base/json.ts';
import { unsealJson } from '../../base/sealed-json.ts';
import type { StageKey } from '../../core/ids.ts';
import type { RemoteContent, RemoteItem, RemotePlace } from '../../core/remote-place.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { artifactOf } from '../objects.ts';
import { recordName } from './names.ts';

export interface FoundRecord {
  readonly item: RemoteItem;
  /** Undefined where it is damaged, or not of this key. */
  readonly record: StageRecord | undefined;
}

/** Undefined where there is none. */
export async function readRecord(
  place: RemotePlace,
  key: StageKey,
  signal: AbortSignal,
): Promise<FoundRecord | undefined> {
  const content = await place.read(recordName(key), { signal });
  if (content === undefined) return undefined;
  return { item: content.item, record: recordIn(await textOf(content), key) };
}

/** @throws RemoteError where it is cut off */
export async function textOf({ pieces }: RemoteContent): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString('utf8');
}

/** It may have been written by anybody who may write there: only what is as we would have written it counts. */
function recordIn(text: string, key: StageKey): StageRecord | undefined {
  const value = unsealed(text);
  if (!isJsonObject(value)) return undefined;
  const record = value as unknown as StageRecord;
  if (value['format'] !== 1 || record.key !== key || !isJsonObject(value['artifact'])) return undefined;
  const { kind, files, digest } = record.artifact;
  if (!Array.isArray(files) || !files.every(isFile)) return undefined;
  return artifactOf(kind, files).digest === digest ? record : undefined;
}

function unsealed(text: string): unknown {
  try {
    return unsealJson(text);
  } catch {
    return undefined;
  }
}

function isFile(file: unknown): boolean {
  if (typeof file !== 'object' || file === null) return false;
  const { path, digest, bytes } = file as Readonly<Record<string, unknown>>;
  return (
    typeof path === 'string' &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest) &&
    Number.isSafeInteger(bytes) &&
    (bytes as number) >= 0
  );
}
