import type { Digest } from '../../base/hash.ts';
import type { Victim } from '../../core/gc.ts';
import type { Inventory } from './inventory.ts';
import type { Reasons } from './reasons.ts';

/** What is no use to anybody, however much room there is. */
export function findGarbage(inventory: Inventory, { results, objects, isYoung }: Reasons): readonly Victim[] {
  const named = new Set<Digest>(results.flatMap(({ record }) => record.artifact.files.map(({ digest }) => digest)));
  return [
    ...inventory.abandoned.map(({ path, bytes }): Victim => ({ what: 'half-made', why: 'abandoned', path, bytes })),
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
