import { setTimeout as sleep } from 'node:timers/promises';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Problem, ProblemCode } from '../diagnostics/problem.ts';
import { LONGEST_TIMER_MS } from './time-limit.ts';
import type { ComputedStage } from './stage-result.ts';

/** A failed attempt after which there is another one. */
export interface Retry {
  readonly attempt: number;
  readonly of: number;
  /** Seconds to wait. */
  readonly delay: number;
  readonly problem: Problem;
  readonly seconds: number;
}

/** @param attempt from 1: the one that gave this @returns undefined where it is the last one, or another would fail as this one did */
export function retryAfter({ policy }: StageSpec, attempt: number, computed: ComputedStage): Retry | undefined {
  const retry = policy?.retry;
  if (retry === undefined || attempt >= retry.attempts) return undefined;
  if (computed.status !== 'failed' || SURE_TO_FAIL.has(computed.problem.code)) return undefined;
  const { problem, seconds } = computed;
  return { attempt, of: retry.attempts, delay: retry.delay * retry.factor ** (attempt - 1), problem, seconds };
}

/** What a person has to mend, what numbers decide, and what the person asked for. */
const SURE_TO_FAIL: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'bad-option',
  'shape-mismatch',
  'not-a-number',
  'backend-unavailable',
  'input-missing',
  'input-changed',
  'file-unreadable',
  'stage-cancelled',
]);

/** Waits, unless the signal ends the waiting. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.min(seconds * 1000, LONGEST_TIMER_MS), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
