import type { Digest } from '../../base/hash.ts';
import type { KeptShare, Victim } from '../../core/gc.ts';
import type { Inventory } from './inventory.ts';
import { KEEP_REASONS, type Reasons } from './reasons.ts';

/** What stays, by its reason. Together they are what is left in the store. */
export function keptShares(
  inventory: Inventory,
  { results, checkpoints, objects, isYoung }: Reasons,
  dropped: ReadonlyMap<string, Victim>,
): readonly KeptShare[] {
  const shares = new Map(
    [...KEEP_REASONS, 'fits' as const].map((why) => [why, { results: 0, checkpoints: 0, bytes: 0 }]),
  );
  const add = (why: KeptShare['why'], more: Partial<Omit<KeptShare, 'why'>>): void => {
    const share = shares.get(why);
    if (share === undefined) return;
    share.results += more.results ?? 0;
    share.checkpoints += more.checkpoints ?? 0;
    share.bytes += more.bytes ?? 0;
  };
  const named = new Set<Digest>();
  for (const { stored, record, why } of results) {
    if (dropped.has(stored.path)) continue;
    add(why ?? 'fits', { results: 1, bytes: stored.bytes });
    for (const { digest } of record.artifact.files) named.add(digest);
  }
  for (const [digest, { bytes }] of inventory.objects) {
    const why = objects.get(digest) ?? (named.has(digest) ? 'fits' : undefined);
    if (why !== undefined) add(why, { bytes });
  }
  for (const { stored, why } of checkpoints) {
    if (dropped.has(stored.path) || (stored.manifest === undefined && !isYoung(stored))) continue;
    add(why ?? 'fits', { checkpoints: 1, bytes: stored.bytes });
  }
  for (const stored of inventory.records)
    if (stored.record === undefined && isYoung(stored)) add('young', { bytes: stored.bytes });
  return [...shares]
    .map(([why, share]) => ({ why, ...share }))
    .filter(({ results, bytes }) => results > 0 || bytes > 0);
}
