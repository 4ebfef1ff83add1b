/** Puts a large record into the store: `publish-much <store>`. Tells the outcome as JSON. */
import { rmSync, writeFileSync } from 'node:fs';
import { openLocalStore } from '../../src/store/local-store.ts';
import { recordOf } from './records.ts';

const store = await openLocalStore(process.argv[2] ?? '');
try {
  const staging = await store.makeStagingFolder();
  writeFileSync(`${staging}/file`, 'small');
  const artifact = await store.putFolder(staging, 'files');
  rmSync(staging, { recursive: true });
  await store.publish({ ...recordOf('large', artifact), metrics: { large: 'x'.repeat(100_000) } });
  process.stdout.write(JSON.stringify({ ok: 'published' }));
} catch (error) {
  const { code, message } = error as { code: string; message: string };
  process.stdout.write(JSON.stringify({ error: { code, message } }));
}
