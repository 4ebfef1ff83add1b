import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { StageRecord } from '../../src/core/stage-record.ts';
import type { Store } from '../../src/core/store.ts';
import { recordOf } from './records.ts';

export const RESULTS = Array.from({ length: 10 }, (_, n) => `result-${n}`);

/** Path -> text; one file is the same in all of them. */
export function contentOf(name: string): Readonly<Record<string, string>> {
  return { small: name, large: `${name} `.repeat(20_000), 'sub/shared': 'shared' };
}

/** Makes the result and publishes its record. @param seconds what the record says that it took */
export async function publishResult(store: Store, name: string, seconds?: number): Promise<void> {
  const staging = await store.makeStagingFolder();
  mkdirSync(`${staging}/sub`);
  for (const [path, text] of Object.entries(contentOf(name))) writeFileSync(`${staging}/${path}`, text);
  const record: StageRecord = recordOf(name, await store.putFolder(staging, 'files'));
  await store.publish(seconds === undefined ? record : { ...record, seconds });
  rmSync(staging, { recursive: true });
}
