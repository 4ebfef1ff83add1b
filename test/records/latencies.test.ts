import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RunId, StageId } from '../../src/core/ids.ts';
import { keepLatencies, readLatencies, type KeptLatency } from '../../src/records/latencies.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';

const run = '20261125-174540-ag5gx' as RunId;
const latency = (stage: string, milliseconds: number, more: Partial<KeptLatency> = {}): KeptLatency => ({
  ...{ stage: stage as StageId, called: [`evaluate.${stage}`], backend: 'wasm' },
  ...{ host: { name: 'here', cpu: 'A processor', cores: 2 }, batch: 1, milliseconds },
  ...{ shortest: milliseconds, longest: milliseconds, measured: '2026-11-25T18:00:00.000Z', load: 0.5, ...more },
});

test('the latest measurement of each model, backend, machine and batch is kept', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, run));
  expect(readLatencies(folder, run)).toEqual([]);
  const host = { name: 'there', cpu: 'A processor', cores: 2 };
  const others = [
    latency('a', 2, { batch: 64 }),
    latency('a', 3, { backend: 'native' }),
    latency('a', 4, { host }),
    latency('b', 5),
  ];
  await keepLatencies(folder, run, [latency('a', 1), ...others]);
  await keepLatencies(folder, run, [latency('a', 9)]);
  expect(readLatencies(folder, run)).toEqual([latency('a', 9), ...others]);
});

test('what cannot be read counts as not measured, entry by entry', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, run));
  const file = join(folder, run, 'latencies.json');
  await keepLatencies(folder, run, [latency('a', 1), latency('b', 2)]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"milliseconds": 1,', '"milliseconds": "1",'));
  expect(readLatencies(folder, run)).toEqual([latency('b', 2)]);
  writeFileSync(file, '{"format":');
  expect(readLatencies(folder, run)).toEqual([]);
  await keepLatencies(folder, run, [latency('c', 3)]);
  expect(readLatencies(folder, run)).toEqual([latency('c', 3)]);
});
