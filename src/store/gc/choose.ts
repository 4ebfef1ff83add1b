import { inOrderOfWorth } from './candidates.ts';
import type { GcChoice, GcRules, Needed, Victim } from '../../core/gc.ts';
import { findGarbage } from './garbage.ts';
import type { Inventory, StoredThing } from './inventory.ts';
import { keptShares } from './kept.ts';
import { whyEachStays } from './reasons.ts';

/**
 * Drops nothing that is needed or young; what is nobody's always; and of the rest, while the store is over its limit, what is
 * cheapest to make again for the bytes that it takes. Age decides between equals only: an old teacher that took a night is worth
 * more than the newest evaluation.
 */
export function chooseVictims(inventory: Inventory, needed: Needed, rules: GcRules): GcChoice {
  const things = whyEachStays(inventory, needed, rules);
  const garbage = findGarbage(inventory, things, rules);
  const replaced = garbage.filter(({ what }) => what === 'replaced');
  const bytesBefore = [
    inventory.objects.values(),
    inventory.records,
    inventory.checkpoints,
    inventory.abandoned,
    replaced,
  ]
    .map(bytesOf)
    .reduce((sum, each) => sum + each, 0);
  let bytesAfter = bytesBefore - bytesOf(garbage);
  const dropped = new Map<string, Victim>();
  for (const { drop } of inOrderOfWorth(inventory, things)) {
    if (bytesAfter <= rules.limit) break;
    const victim = drop();
    dropped.set(victim.path, victim);
    bytesAfter -= victim.bytes;
  }
  return {
    victims: [...garbage, ...dropped.values()],
    kept: keptShares(inventory, things, dropped),
    bytesBefore,
    bytesAfter,
  };
}

function bytesOf(things: Iterable<StoredThing | Victim>): number {
  let sum = 0;
  for (const { bytes } of things) sum += bytes;
  return sum;
}
