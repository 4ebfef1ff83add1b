/**
 * Makes the same ten results again and again: `fill <store> <rounds>`. Which files a result has depends on its name alone, so
 * that whoever looks at the store knows what has to be there.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { openLocalStore } from '../../src/store/local-store.ts';
import { contentOf, RESULTS } from './fill-content.ts';
import { recordOf } from './records.ts';

const [folder = '', rounds = '1'] = process.argv.slice(2);
const store = await openLocalStore(folder);
process.stdout.write('started\n');
for (let round = 0; round < Number(rounds); round++) {
  for (const name of RESULTS) {
    const staging = await store.makeStagingFolder();
    for (const [path, text] of Object.entries(contentOf(name))) {
      mkdirSync(`${staging}/sub`, { recursive: true });
      writeFileSync(`${staging}/${path}`, text);
    }
    await store.publish(recordOf(name, await store.putFolder(staging, 'files')));
    rmSync(staging, { recursive: true });
  }
}
