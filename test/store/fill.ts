/**
 * Makes the same ten results again and again: `fill <store> <rounds>`. Which files a result has depends on its name alone, so
 * that whoever looks at the store knows what has to be there.
 */
import { openLocalStore } from '../../src/store/local-store.ts';
import { publishResult, RESULTS } from './fill-content.ts';

const [folder = '', rounds = '1'] = process.argv.slice(2);
const store = await openLocalStore(folder);
process.stdout.write('started\n');
for (let round = 0; round < Number(rounds); round++) {
  for (const name of RESULTS) await publishResult(store, name);
}
