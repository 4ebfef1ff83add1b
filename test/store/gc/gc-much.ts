/** Makes results and drops about half of them, again and again: `gc-much <store> <rounds>`. What it drops is drawn at random. */
import { collectGarbage } from '../../../src/store/gc/collect.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { publishResult, RESULTS } from '../fill-content.ts';

const [folder = '', rounds = '1'] = process.argv.slice(2);
const store = await openLocalStore(folder);
process.stdout.write('started\n');
for (let round = 0; round < Number(rounds); round++) {
  for (const name of RESULTS) await publishResult(store, name, Math.random());
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
