import { randomBytes } from 'node:crypto';
import type { PipelineEvent } from '../../../core/event.ts';
import type { PlacedEvent, StageBeat } from '../protocol.ts';

export interface RecordedEvents {
  readonly life: string;
  readonly add: (event: PipelineEvent) => void;
  /** But for how far it got: that matters while it goes on. */
  all(): readonly PlacedEvent[];
  end(): void;
}

interface Telling {
  readonly worker: string;
  readonly beat: (beat: StageBeat) => void;
  /** Milliseconds of silence after which this worker is given up; none, if absent. */
  readonly patience?: number;
}

/**
 * Tells them by heartbeats, too: the newest, as much as there is room for. What is new is told soon; else there is a beat now and then,
 * by which the server knows that this worker lives, and it whether the run is cancelled: where servers are paid, each is counted.
 */
export function recordedEvents({ beat, worker, patience = Infinity }: Telling): RecordedEvents {
  const life = randomBytes(8).toString('hex');
  const kept: PlacedEvent[] = [];
  const latest: PlacedEvent[] = [];
  let count = 0;
  let isNew = true;
  let toldAt = 0;
  const tell = (): void => {
    const events: PlacedEvent[] = [];
    let room = BEAT_BYTES;
    for (const placed of [...latest].reverse()) {
      room -= JSON.stringify(placed).length;
      if (room < 0) break;
      events.unshift(placed);
    }
    isNew = false;
    toldAt = performance.now();
    beat({ life, worker, events });
  };
  tell();
  const quiet = Math.min(QUIET_MS, patience / 4);
  const timer = setInterval(
    () => {
      if (isNew || performance.now() - toldAt >= quiet) tell();
    },
    Math.min(BEAT_MS, quiet),
  );
  return {
    life,
    add: (event) => {
      const placed = [count++, event] as const;
      latest.push(placed);
      if (latest.length > BEAT_EVENTS) latest.shift();
      if (event.type === 'stage-progress') return;
      kept.push(placed);
      isNew = true;
    },
    all: () => kept,
    end: () => {
      clearInterval(timer);
    },
  };
}

export const BEAT_MS = 500;
const QUIET_MS = 2000;
/** The server keeps the latest of each stage under way, and ends a workflow for which it keeps 8 MB: compressed, of 1,000 it is a half. */
const BEAT_BYTES = 16 * 1024;
const BEAT_EVENTS = 200;
