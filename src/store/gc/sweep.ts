import { chmodSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import type { Digest } from '../../base/hash.ts';
import type { Layout } from '../layout.ts';
import { clearDeadLock } from '../lock.ts';
import { temporaryPath } from '../temporary.ts';
import type { GcRules, Needed, Victim } from '../../core/gc.ts';
import { type Inventory, lookAt, readRecords, type StoredFile } from './inventory.ts';

export interface SweepHooks {
  readonly rules: GcRules;
  /** As the victims were chosen. */
  readonly neededBefore: Needed;
  /** What runs need, asked again when the records are gone; waits until runs under way have told what they found before. */
  readonly neededNow: () => Promise<Needed>;
}

/**
 * Takes the victims away, beside runs that go on. Records go first, so that no run finds any more what is about to go. Then runs
 * under way are asked for what they had found just before; that stays, and gets its record back. Objects go last, and only those
 * that no record names as it is then: a run that publishes in the meantime has put its objects anew, so they are other files than
 * the ones that were looked at.
 *
 * A file is renamed out of the way before it is looked at for the last time, so that a run that puts another under its name at
 * that instant does not lose it. A kill leaves records without objects never, objects without records perhaps (the next gc finds
 * that nothing names them), and what was renamed in a folder that bears this process' name.
 *
 * @returns the victims that stayed, because a run under way needs them
 */
export async function sweep(
  layout: Layout,
  inventory: Inventory,
  victims: readonly Victim[],
  { rules, neededBefore, neededNow }: SweepHooks,
): Promise<ReadonlySet<Victim>> {
  const trash = await temporaryPath(layout.temporary, 'gc');
  mkdirSync(trash);
  try {
    const places = new Map([...inventory.records, ...inventory.checkpoints].map((thing) => [thing.path, thing]));
    const aside = victims.flatMap((victim, index): readonly Aside[] => {
      const place = places.get(victim.path);
      const to = join(trash, String(index));
      return place !== undefined && moveAside(place, to) ? [{ victim, to }] : [];
    });
    for (const { what, path } of victims) {
      if (what === 'half-made' || what === 'replaced') removeFully(path);
      if (what === 'lock') await clearDeadLock(layout, path);
    }
    const needed = await neededNow();
    const spared = aside.filter(({ victim: { why, key } }) => {
      return why !== 'damaged' && key !== undefined && needed.keys.has(key) && !neededBefore.keys.has(key);
    });
    for (const { victim, to } of spared) restore(to, victim.path);
    removeObjects(layout, inventory, { rules, needed, trash });
    return new Set(spared.map(({ victim }) => victim));
  } finally {
    removeFully(trash);
  }
}

/** A record or a checkpoint out of the way, but not gone yet. */
interface Aside {
  readonly victim: Victim;
  readonly to: string;
}

/** @returns false where it is gone, or is another one than was looked at, which stays */
function moveAside({ path, identity }: StoredFile, to: string): boolean {
  try {
    renameSync(path, to);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  if (lookAt(to)?.identity === identity) return true;
  restore(to, path);
  return false;
}

/** What has come under its name meanwhile is newer, and stays. */
function restore(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (isErrno(error, 'EPERM', 'EISDIR')) renameFolder(from, to);
    else if (!isErrno(error, 'EEXIST')) throw error;
  }
}

function renameFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}

function removeObjects(
  layout: Layout,
  inventory: Inventory,
  { rules, needed, trash }: { rules: GcRules; needed: Needed; trash: string },
): void {
  const named = new Set<Digest>(needed.objects.keys());
  for (const { record } of readRecords(layout, inventory.records))
    for (const { digest } of record?.artifact.files ?? []) named.add(digest);
  const to = join(trash, 'object');
  for (const [digest, object] of inventory.objects) {
    if (named.has(digest) || rules.now - object.changedAt < rules.grace) continue;
    moveAside(object, to);
    rmSync(to, { force: true });
  }
}

/** Also folders that a stage left and that nobody may write to. */
function removeFully(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    makeWritable(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function makeWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
}
