import type { RecordedStatus, StageRunStatus } from '../../../records/run-record.ts';
import type { DagTone } from '../charts/dag/stage.ts';

/** How a status looks: never by colour alone. */
export interface Sign {
  readonly sign: string;
  readonly tone: DagTone;
  readonly word: string;
}

export const stageSigns: Readonly<Record<StageRunStatus | 'waiting' | 'retrying', Sign>> = {
  pending: { sign: '○', tone: 'plain', word: 'pending' },
  waiting: { sign: '◔', tone: 'busy', word: 'waits for another run' },
  running: { sign: '●', tone: 'busy', word: 'running' },
  retrying: { sign: '↻', tone: 'warn', word: 'tries again' },
  ran: { sign: '✓', tone: 'good', word: 'ran' },
  reused: { sign: '⟲', tone: 'kept', word: 'reused' },
  failed: { sign: '✕', tone: 'bad', word: 'failed' },
  skipped: { sign: '–', tone: 'plain', word: 'skipped' },
  cancelled: { sign: '◻', tone: 'warn', word: 'cancelled' },
};

export const runSigns: Readonly<Record<RecordedStatus | 'damaged', Sign>> = {
  running: { sign: '●', tone: 'busy', word: 'running' },
  succeeded: { sign: '✓', tone: 'good', word: 'succeeded' },
  failed: { sign: '✕', tone: 'bad', word: 'failed' },
  'gate-missed': { sign: '!', tone: 'bad', word: 'gate missed' },
  cancelled: { sign: '◻', tone: 'warn', word: 'cancelled' },
  interrupted: { sign: '◻', tone: 'warn', word: 'interrupted' },
  damaged: { sign: '?', tone: 'bad', word: 'damaged' },
};
