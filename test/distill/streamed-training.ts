/**
 * Prints the peak of this process' memory, in MiB, after an epoch on images that stay in a file, and predictions for them: run as a
 * process of its own by test/e2e/memory.test.ts. Arguments: a file to fill, and its size in MiB.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { sha256OfFile } from '../../src/base/hash.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import { train } from '../../src/distill/train.ts';
import { openStoredFile } from '../../src/engine/local/stored-file.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { requestOf } from './rig.ts';

const [path = '', megabytes = ''] = process.argv.slice(2);
const piece = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);
const file = openSync(path, 'w');
for (let written = 0; written < Number(megabytes); written++) writeSync(file, piece);
closeSync(file);

await loadBackend('wasm');
const count = Number(megabytes) * 1024;
const { content, close } = await openStoredFile({
  path,
  digest: await sha256OfFile(path),
  name: 'images',
  damaged: () => undefined,
});
const samples = {
  count,
  shape: [32, 32, 1],
  pixels: content,
  scale: 1 / 255,
  labels: new Uint8Array(count),
  classes: 3,
};
const { signal } = new AbortController();
const { model } = await train(
  requestOf({
    model: ['flatten', { dense: 3 }],
    train: samples,
    validation: { ...samples, count: 256, labels: samples.labels.subarray(0, 256) },
    batchSize: 256,
    epochs: 1,
  }),
);
await predictLogits(model, samples, { signal });
await close();
process.stdout.write(`${Math.round(peakKiB() / 1024)}`);

/** On Linux maxRSS may be that of the process that started this one; VmHWM begins anew. */
function peakKiB(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}
