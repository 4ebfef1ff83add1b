import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivitySlotInfo, CustomSlotSupplier } from '@temporalio/worker';

export interface RestingSlots {
  readonly supplier: CustomSlotSupplier<ActivitySlotInfo>;
  /** The worker brought a stage to its end, good or bad. */
  worked(): void;
  /** The worker could not do its part. @returns for how many seconds it takes no stage now; undefined where it rests already */
  failed(): number | undefined;
}

/**
 * Places of a worker for stages, of which it offers none for a while after it could not do its part: one that fails at once, as its disk
 * is full, is free more often than those that work, and would take the stages of all until none has an attempt left.
 */
export function restingSlots(count: number): RestingSlots {
  const changes = new EventEmitter().setMaxListeners(0);
  let free = count;
  let until = 0;
  let pause = FIRST_MS;
  return {
    supplier: {
      type: 'custom',
      async reserveSlot(_, signal) {
        try {
          for (;;) {
            const left = until - performance.now();
            if (left > 0) await sleep(left, undefined, { signal });
            else if (free > 0) break;
            else await once(changes, 'free', { signal });
          }
        } catch (error) {
          // Anything but the signal's own reason is reported as an error of ours.
          signal.throwIfAborted();
          throw error;
        }
        free--;
        return {};
      },
      // For stages that the workflow's own worker would take: it takes none.
      tryReserveSlot: () => null,
      markSlotUsed: () => undefined,
      releaseSlot() {
        free++;
        changes.emit('free');
      },
    },
    worked() {
      pause = FIRST_MS;
    },
    failed() {
      const now = performance.now();
      if (now < until) return undefined;
      const rest = pause;
      until = now + rest;
      pause = Math.min(2 * pause, LONGEST_MS);
      return rest / 1000;
    },
  };
}

const FIRST_MS = 5_000;
const LONGEST_MS = 5 * 60_000;
