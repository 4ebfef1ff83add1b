/** Tries everything on a store that may only be read: `use-readonly <store>`. Tells the outcomes as JSON. */
import { sha256 } from '../../src/base/hash.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { key, recordOf } from './records.ts';

const store = await openLocalStore(process.argv[2] ?? '');
const found = await store.lookup(key('kept'));
const artifact: ArtifactRef = { kind: 'files', digest: sha256('x'), files: [] };
const outcomes = {
  lookup: found === undefined ? 'missed' : 'found',
  publish: await codeOf(() => store.publish(recordOf('new', artifact))),
  staging: await codeOf(() => store.makeStagingFolder()),
  lock: await codeOf(() => store.lock(key('kept'), { signal: AbortSignal.timeout(2000), waiting: () => undefined })),
};
process.stdout.write(JSON.stringify(outcomes));

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return 'done';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
