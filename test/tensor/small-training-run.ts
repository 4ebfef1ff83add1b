/** Prints a hash of the weights and losses after 20 steps: run as a process of its own by training.test.ts. */
import { createHash } from 'node:crypto';
import { loadBackend } from '../../src/tensor/backend.ts';
import { train } from './small-training.ts';
import { testedBackend } from '../tested-backend.ts';

await loadBackend(testedBackend);
const { losses, weights } = train(20);
const hash = createHash('sha256').update(Float32Array.from(losses));
for (const values of weights) hash.update(values);
process.stdout.write(hash.digest('hex'));
