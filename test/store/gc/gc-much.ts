/** Makes results and drops about half of them, again and again: `gc-much <store> <rounds>`. What it drops is drawn at random. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { collectGarbage } from '../../../src/store/gc/collect.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { contentOf, RESULTS } from '../fill-content.ts';
import { recordOf } from '../records.ts';

const [folder = '', rounds = '1'] = process.argv.slice(2);
const store = await openLocalStore(folder);
process.stdout.write('started\n');
for (let round = 0; round < Number(rounds); round++) {
  for (const name of RESULTS) {
    const staging = await store.makeStagingFolder();
    mkdirSync(`${staging}/sub`);
    for (const [path, text] of Object.entries(contentOf(name))) writeFileSync(`${staging}/${path}`, text);
    const record = recordOf(name, await store.putFolder(staging, 'files'));
    await store.publish({ ...record, seconds: Math.random() });
    rmSync(staging, { recursive: true });
  }
  await collectGarbage(folder, {
    limit: 1_000_000,
    grace: 0,
    now: Date.now() + 1000,
    dryRun: false,
    needed: () => Promise.resolve({ keys: new Map(), objects: new Map() }),
    waiting: () => undefined,
    signal: new AbortController().signal,
  });
}
