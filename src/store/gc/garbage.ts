import type { Digest } from '../../base/hash.ts';
import type { GcRules, Victim } from '../../core/gc.ts';
import type { Inventory } from './inventory.ts';
import type { Reasons } from './reasons.ts';

/** What is no use to anybody, however much room there is. */
export function findGarbage(
  inventory: Inventory,
  { results, objects, isYoung }: Reasons,
  { now }: Pick<GcRules, 'now'>,
): readonly Victim[] {
  const named = new Set<Digest>(results.flatMap(({ record }) => record.artifact.files.map(({ digest }) => digest)));
  return [
    ...inventory.abandoned.map(({ path, bytes }): Victim => ({ what: 'half-made', why: 'abandoned', path, bytes })),
    ...inventory.replaced
      .filter((thing) => !isYoung(thing) && now - thing.changedAt > REPLACED_STAY_MS)
      .map(({ path, bytes }): Victim => ({ what: 'replaced', why: 'expired', path, bytes })),
    ...inventory.deadLocks.map(({ path, bytes }): Victim => ({ what: 'lock', why: 'abandoned', path, bytes })),
    ...inventory.records
      .filter((stored) => stored.record === undefined && !isYoung(stored))
      .map(({ path, bytes, key }): Victim => ({ what: 'record', why: 'damaged', path, bytes, key })),
    ...inventory.checkpoints
      .filter((stored) => stored.manifest === undefined && !isYoung(stored))
      .map(({ path, bytes, epoch }): Victim => ({ what: 'checkpoint', why: 'damaged', path, bytes, epoch })),
    ...[...inventory.objects]
      .filter(([digest]) => !named.has(digest) && !objects.has(digest))
      .map(([, { path, bytes }]): Victim => ({ what: 'object', why: 'unnamed', path, bytes })),
  ];
}

/** A person's own work stays for a month, whatever the grace age is. */
const REPLACED_STAY_MS = 30 * 24 * 3600 * 1000;
