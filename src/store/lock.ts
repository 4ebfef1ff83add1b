import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../base/errno.ts';
import type { JsonValue } from '../base/json.ts';
import { processIdentity } from '../base/process-identity.ts';
import { sealJson } from '../base/sealed-json.ts';
import type { LockOptions, StoreLock } from '../core/store.ts';
import { type Claim, describeHolder, type Holder, readClaims } from './lock-claims.ts';
import { patience } from './lock-waiting.ts';
import type { Layout } from './layout.ts';
import { temporaryPath } from './temporary.ts';

/**
 * A lock is a folder of claims: numbered files, each made by link(2) from a file that was written before, so that a claim is
 * whole from its first instant on, and of two processes that want one number one gets it.
 *
 *   To hold: (1) look; go on only if every claim there is a dead process's. (2) Claim the number after the highest. (3) Look
 *   again; hold if every other claim there is a dead process's, else take the own claim back and start over.
 *   The holder looks a third time and removes the claims of the dead. It releases by removing its own.
 *
 * Why at most one live process holds. A claim is removed by its own process, or by a holder that saw its process dead. So a
 * live process's claim stays until it takes it back itself. Let A and B both claim, A first. B looks after its claim, hence after
 * A's, and sees A's claim, unless A took it back: so while A holds, B cannot. This asks nothing of the numbers, nor of how old
 * the look was that a number came from, and of a folder's listing only that it holds what was there all the while.
 *
 * Why nobody removes a living claim by its name. Only the holder removes claims of others, such as it read while it held. From
 * that reading to the removal nobody else may remove the file, so nobody can have made another under its name. (What it read
 * before it held will not do: the holder before it may have removed that claim since, and a live one may have its number.)
 *
 * Why it goes on. Who dies in between leaves a dead claim, which stops nobody. Two that see each other both step back, for
 * times drawn at random. A stopped process is alive and keeps what it holds. A claim that cannot be read is a dead one: live
 * ones were whole before they had their name, so the power went, or the disk is damaged.
 *
 * test/store/lock-model.test.ts walks through every interleaving of a few processes that may die anywhere.
 */
export async function acquireLock(layout: Layout, folder: string, options: LockOptions): Promise<StoreLock> {
  const own: Holder = {
    ...processIdentity(),
    token: randomUUID(),
    since: new Date().toISOString(),
    ...(options.run === undefined ? {} : { run: options.run }),
  };
  const waiting = patience(folder, options.signal);
  const seen = new Map<string, 'seen' | 'told'>();
  for (;;) {
    options.signal.throwIfAborted();
    const attempt = await tryToHold(layout, folder, own);
    if (attempt.outcome === 'held') return { release: once(() => release(folder, attempt.number)) };
    if (attempt.outcome === 'raced') {
      await waiting.aMoment();
      continue;
    }
    tell(attempt.holder);
    await waiting.aChange();
  }

  /** At the second sight: a claim may be one that is just being taken back. */
  function tell(holder: Holder): void {
    const before = seen.get(holder.token);
    if (before === 'told') return;
    seen.set(holder.token, before === 'seen' ? 'told' : 'seen');
    if (before === 'seen') options.waiting(describeHolder(holder, folder), holder.run);
  }
}

/** Takes away what dead processes left of a lock that nobody holds; does nothing where somebody does. */
export async function clearDeadLock(layout: Layout, folder: string): Promise<void> {
  const own: Holder = { ...processIdentity(), token: randomUUID(), since: new Date().toISOString() };
  const attempt = await tryToHold(layout, folder, own);
  if (attempt.outcome === 'held') await release(folder, attempt.number);
}

type Attempt =
  | { readonly outcome: 'held'; readonly number: number }
  | { readonly outcome: 'raced' }
  | { readonly outcome: 'blocked'; readonly holder: Holder };

async function tryToHold(layout: Layout, folder: string, own: Holder): Promise<Attempt> {
  const before = readClaims(folder);
  const blocking = before.find(isLive);
  if (blocking !== undefined) return { outcome: 'blocked', holder: blocking.holder };
  const number = Math.max(0, ...before.map((claim) => claim.number)) + 1;
  if (!(await claim(layout, folder, { number, own }))) return { outcome: 'raced' };
  try {
    const others = readClaims(folder).filter((other) => other.number !== number);
    if (others.some(isLive)) {
      await remove(folder, number);
      return { outcome: 'raced' };
    }
    if (others.length > 0) await removeDead(folder);
    return { outcome: 'held', number };
  } catch (error) {
    await remove(folder, number);
    throw error;
  }
}

/** For the holder only. */
async function removeDead(folder: string): Promise<void> {
  for (const claim of readClaims(folder)) if (!isLive(claim)) await remove(folder, claim.number);
}

async function claim(
  layout: Layout,
  folder: string,
  { number, own }: { number: number; own: Holder },
): Promise<boolean> {
  const temporary = await temporaryPath(layout.temporary, 'lock');
  try {
    await writeFile(temporary, sealJson(own as unknown as JsonValue), { flag: 'wx' });
    await mkdir(folder, { recursive: true });
    await link(temporary, join(folder, String(number)));
    return true;
  } catch (error) {
    // Taken by another, or the folder went with its last holder.
    if (isErrno(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function release(folder: string, number: number): Promise<void> {
  await remove(folder, number);
  try {
    await rmdir(folder);
  } catch {
    // Somebody has claimed it already, or has removed it.
  }
}

async function remove(folder: string, number: number): Promise<void> {
  await rm(join(folder, String(number)), { force: true });
}

function isLive(claim: Claim): claim is Claim & { readonly holder: Holder } {
  return claim.state !== 'dead';
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
