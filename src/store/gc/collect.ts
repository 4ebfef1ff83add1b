import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { usable } from '../../core/usable.ts';
import { openFormat } from '../format.ts';
import { storeLayout } from '../layout.ts';
import { acquireLock } from '../lock.ts';
import { chooseVictims } from './choose.ts';
import type { GcChoice, GcRules, Needed } from '../../core/gc.ts';
import { takeInventory } from './inventory.ts';
import { sweep } from './sweep.ts';

export interface GcRequest extends GcRules {
  /** Takes nothing away, and says what would go. */
  readonly dryRun: boolean;
  /**
   * What runs need, as it is when asked.
   * @param settled waits until runs under way have told what they found in the store until now
   */
  needed(settled: boolean): Promise<Needed>;
  /** Told once if another gc works on the store, which is waited for. */
  waiting(holder: string): void;
  readonly signal: AbortSignal;
}

/**
 * Makes room in the store in this folder; safe beside runs, and to be killed at any moment.
 * @returns what went and what stayed
 * @throws StoreError where the folder cannot be used
 */
export function collectGarbage(folder: string, request: GcRequest): Promise<GcChoice> {
  const layout = storeLayout(resolve(folder));
  return usable(layout.root, async () => {
    if (!existsSync(layout.root)) return { victims: [], kept: [], bytesBefore: 0, bytesAfter: 0 };
    await openFormat(layout);
    if (request.dryRun) return chooseVictims(takeInventory(layout), await request.needed(false), request);
    // What two at once leave behind is right too, but neither could say what it did.
    const lock = await acquireLock(layout, join(layout.locks, 'gc'), request);
    try {
      const inventory = takeInventory(layout);
      const neededBefore = await request.needed(false);
      const choice = chooseVictims(inventory, neededBefore, request);
      if (choice.victims.length === 0) return choice;
      const spared = await sweep(layout, inventory, choice.victims, {
        rules: request,
        neededBefore,
        neededNow: () => request.needed(true),
      });
      return without(choice, (victim) => spared.has(victim));
    } finally {
      await lock.release();
    }
  });
}

function without(choice: GcChoice, isSpared: (victim: GcChoice['victims'][number]) => boolean): GcChoice {
  const spared = choice.victims.filter(isSpared);
  if (spared.length === 0) return choice;
  const bytes = spared.reduce((sum, victim) => sum + victim.bytes, 0);
  const share = { why: 'live' as const, results: spared.length, checkpoints: 0, bytes };
  return {
    ...choice,
    victims: choice.victims.filter((victim) => !isSpared(victim)),
    kept: [...choice.kept, share],
    bytesAfter: choice.bytesAfter + bytes,
  };
}
