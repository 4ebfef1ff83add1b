/** Replaces files in a store's areas, again and again until it is killed: `replace-much <store>`. */
import { mkdirSync } from 'node:fs';
import { replaceFile, replaceFileSync } from '../../../src/base/atomic-file.ts';

const [folder = ''] = process.argv.slice(2);
const content = Buffer.alloc(4_000_000, 'x');
for (const area of ['runs/one', 'plugins/one', 'pins']) mkdirSync(`${folder}/${area}`, { recursive: true });
process.stdout.write('started\n');
for (;;) {
  replaceFileSync(`${folder}/file-hashes.json`, content);
  replaceFileSync(`${folder}/plugins/one/manifest.json`, content);
  await replaceFile(`${folder}/runs/one/record.json`, content);
  await replaceFile(`${folder}/pins/one.json`, content);
}
