import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '../../src/base/process-identity.ts';
import { sealJson } from '../../src/base/sealed-json.ts';
import type { RunId } from '../../src/core/ids.ts';
import type { Store } from '../../src/core/store.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { bundle } from '../base/bundle.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { key } from './records.ts';

/** `PIPELINE_TEST_KILLS=500` for a long look. */
const KILLS = Number(process.env['PIPELINE_TEST_KILLS'] ?? 12);

const never = new AbortController().signal;
const silent = (): void => undefined;

describe('20 processes and more that hammer one lock', () => {
  let program: string;
  const running = new Set<ChildProcess>();

  beforeAll(() => {
    program = bundle('test/store/hammer.ts');
  });

  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  function start(store: string, witness: string, rounds: number): ChildProcess {
    const child = spawn(process.execPath, [program, store, witness, String(rounds)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  function violations(witness: string): string {
    return existsSync(`${witness}/violations`) ? readFileSync(`${witness}/violations`, 'utf8') : '';
  }

  it('are inside one at a time, and all come to their end', async () => {
    const [store, witness] = [`${temporaryFolder()}/store`, temporaryFolder()];
    const children = Array.from({ length: 20 }, () => start(store, witness, 15));
    const exits = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(violations(witness)).toBe('');
    expect(exits.map(([code]) => code as number)).toEqual(children.map(() => 0));
    expect(readFileSync(`${witness}/rounds`)).toHaveLength(300);
    expect(readdirSync(`${store}/locks`)).toEqual([]);
    expect(readdirSync(`${store}/tmp`)).toEqual([]);
  }, 60_000);

  it('are inside one at a time while they are killed and stopped at random, and the rest goes on', async () => {
    const [store, witness] = [`${temporaryFolder()}/store`, temporaryFolder()];
    let killed = 0;
    while (killed < KILLS) {
      while (running.size < 20) start(store, witness, 1_000_000);
      await sleep(Math.random() * 120);
      const victim = [...running][Math.floor(Math.random() * running.size)];
      if (victim === undefined) continue;
      if (Math.random() < 0.2) {
        victim.kill('SIGSTOP');
        setTimeout(() => victim.kill('SIGCONT'), Math.random() * 300);
      } else {
        victim.kill('SIGKILL');
        killed++;
      }
    }
    const rounds = (): number => (existsSync(`${witness}/rounds`) ? readFileSync(`${witness}/rounds`).length : 0);
    const before = rounds();
    for (let wait = 0; wait < 100 && rounds() === before; wait++) await sleep(200);
    expect(violations(witness)).toBe('');
    expect(rounds()).toBeGreaterThan(before);
  }, 600_000);
});

describe('whom a lock is taken from', () => {
  let folder: string;
  let store: Store;
  const claims = (): string => `${folder}/locks/${key('a')}`;

  async function claimed(number: number, text: string): Promise<void> {
    folder = `${temporaryFolder()}/store`;
    store = await openLocalStore(folder);
    mkdirSync(claims(), { recursive: true });
    writeFileSync(`${claims()}/${number}`, text);
  }

  function holder(change: object): string {
    const since = '2026-11-24T14:22:33.000Z';
    return sealJson({ ...processIdentity(), token: 't', run: '20261124-142233-abcd', since, ...change });
  }

  it.each([
    ['a process that is gone', holder({ pid: 99_999_999 })],
    ['a process whose id another one has now', holder({ started: '1' })],
    ['a process from before the last start of the host', holder({ boot: 'earlier' })],
    ['a claim that the power cut emptied', ''],
    ['a claim that is damaged', holder({}).replace('20261124', '20261134')],
  ])('at once: %s', async (_who, text) => {
    await claimed(7, text);
    const before = performance.now();
    const lock = await store.lock(key('a'), { signal: never, waiting: silent });
    expect(performance.now() - before).toBeLessThan(200);
    expect(readdirSync(claims())).toEqual(['8']);
    await lock.release();
    expect(existsSync(claims())).toBe(false);
  });

  it('never: a live process, which is named', async () => {
    await claimed(1, holder({}));
    expect(await waitedFor()).toEqual([
      `run 20261124-142233-abcd (process ${process.pid} on ${processIdentity().host}, since 2026-11-24 14:22:33 UTC)`,
    ]);
    expect(readdirSync(claims())).toEqual(['1']);
  });

  it('never: a stopped process', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      child.kill('SIGSTOP');
      const started = readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8').split(' ')[21];
      await claimed(1, holder({ pid: child.pid, started }));
      expect(await waitedFor()).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('never: a process on another host, with words on what to do should it be gone', async () => {
    await claimed(1, holder({ host: 'elsewhere', pid: 99_999_999 }));
    expect(await waitedFor()).toEqual([
      `run 20261124-142233-abcd (process 99999999 on elsewhere, since 2026-11-24 14:22:33 UTC); if it is gone for good, remove ${claims()}`,
    ]);
  });

  it('never: a live process with a number below a dead one', async () => {
    await claimed(3, holder({ pid: 99_999_999 }));
    writeFileSync(`${claims()}/1`, holder({}));
    expect(await waitedFor()).toHaveLength(1);
    expect(readdirSync(claims()).sort()).toEqual(['1', '3']);
  });

  async function waitedFor(): Promise<readonly string[]> {
    const told: string[] = [];
    const waiting = store.lock(key('a'), { signal: AbortSignal.timeout(700), waiting: (words) => told.push(words) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    return told;
  }

  it('soon: a process that dies while it is waited for', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const started = readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8').split(' ')[21];
    await claimed(1, holder({ pid: child.pid, started }));
    const taken = store.lock(key('a'), { signal: never, waiting: silent });
    await sleep(1500);
    child.kill('SIGKILL');
    const before = performance.now();
    await (await taken).release();
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

it('passes from one to the next within a few milliseconds', async () => {
  const store = await openLocalStore(`${temporaryFolder()}/store`);
  const first = await store.lock(key('a'), { signal: never, waiting: silent, run: 'r' as RunId });
  const second = store.lock(key('a'), { signal: never, waiting: silent });
  await sleep(1200);
  const before = performance.now();
  await first.release();
  await (await second).release();
  expect(performance.now() - before).toBeLessThan(100);
});
