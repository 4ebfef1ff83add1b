/**
 * `npm run bench:hashing`: how fast files are hashed for keys, beside reading them for nothing and what the system has for it; and
 * what an input of that size costs once it is known. Writes into docs/benchmarks.md.
 *
 *   npm run bench:hashing -- [--mebibytes 1024] [--runs 5] [--print]
 */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sha256OfFile } from '../src/base/hash.ts';
import { openFileHasher } from '../src/fingerprint/file-hasher.ts';
import { writeSection } from './document.ts';
import { median, milliseconds, seconds } from './measure.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      mebibytes: { type: 'string', default: '1024' },
      runs: { type: 'string', default: '5' },
      print: { type: 'boolean' },
    },
  });
  const [mebibytes, runs] = [Number(values.mebibytes), Number(values.runs)];
  const folder = await mkdtemp(join(tmpdir(), 'bench-hashing-'));
  try {
    const text = await compare(folder, mebibytes, runs);
    console.log(text);
    if (values.print !== true) await writeSection('bench:hashing', text);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(folder: string, mebibytes: number, runs: number): Promise<string> {
  const file = join(folder, 'file');
  await writeRandom(file, mebibytes);
  const ways: { readonly name: string; readonly once: () => number | Promise<number>; readonly times: number[] }[] = [
    { name: 'read only: `cat file > /dev/null`', once: () => seconds('cat', [file], folder), times: [] },
    { name: 'pipeline', once: () => timed(() => sha256OfFile(file)), times: [] },
    { name: 'pipeline, once it is known', once: await knownFile(folder, file), times: [] },
    ...(['sha256sum', 'openssl'] as const)
      .filter((command) => spawnSync(command, ['--version']).error === undefined)
      .map((command) => {
        const args = command === 'openssl' ? ['dgst', '-sha256', file] : [file];
        return {
          name: `\`${[command, ...args.slice(0, -1)].join(' ')}\``,
          once: () => seconds(command, args, folder),
          times: [],
        };
      }),
  ];
  for (let round = 0; round < runs; round++) for (const way of ways) way.times.push(await way.once());
  const base = median(ways[0]?.times ?? []);
  return [
    `A file of ${mebibytes} MiB in the system's memory, medians of ${runs}, in turn.`,
    '',
    '| | time | MiB/s | × reading |',
    '| --- | --- | --- | --- |',
    ...ways.map(({ name, times }) => {
      const time = median(times);
      const rate = time < 0.001 ? '' : (mebibytes / time).toFixed(0);
      return `| ${name} | ${milliseconds(time)} | ${rate} | ${(time / base).toFixed(2)} |`;
    }),
  ].join('\n');
}

async function writeRandom(path: string, mebibytes: number): Promise<void> {
  const file = await open(path, 'w');
  const piece = Buffer.alloc(1 << 20);
  for (let written = 0; written < mebibytes; written++) await file.write(randomFillSync(piece));
  await file.close();
}

/** Through the stat cache, as a later run finds it. */
async function knownFile(folder: string, file: string): Promise<() => Promise<number>> {
  const cache = join(folder, 'file-hashes.json');
  // Old enough for its stamp to be believed.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const first = await openFileHasher(cache);
  await first.hash(file);
  await first.close();
  return () => timed(async () => (await openFileHasher(cache)).hash(file));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

await main();
