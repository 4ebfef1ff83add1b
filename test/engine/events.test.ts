import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PipelineEvent } from '../../src/core/event.ts';
import { inProcessExecutor } from './rig/in-process.ts';
import type { TestStage, TestStages } from './rig/pipeline.ts';
import { type FinishedRun, openProject } from './rig/project.ts';

interface Drawn {
  readonly stages: TestStages;
  readonly jobs: number;
  /** Cancels the run at this event. */
  readonly cancelAt: number;
}

/** A small pipeline, each of whose stages may fail, need earlier ones, or print. */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  stages: fc
    .array(
      fc.record({
        needs: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
        end: fc.constantFrom('fine', 'fine', 'fine', 'fails', 'missing file'),
        sleep: fc.nat(3),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((shapes) => Object.fromEntries(shapes.map((shape, index) => [`s${index}`, stageOf(shape, index)]))),
  jobs: fc.integer({ min: 1, max: 3 }),
  cancelAt: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 12 })),
});

function stageOf(shape: { needs: number[]; end: string; sleep: number }, index: number): TestStage {
  return {
    content: String(index),
    needs: shape.needs.filter((need) => need < index).map((need) => `s${need}`),
    ...(shape.end === 'missing file' ? { file: 'absent.txt' } : {}),
    steps: [
      { do: 'sleep', milliseconds: shape.sleep },
      ...(shape.end === 'fails' ? [{ do: 'throw', message: 'drawn to fail' } as const] : []),
    ],
  };
}

describe('the events of any run', () => {
  it('keep their order', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ stages, jobs, cancelAt }) => {
        const project = await openProject();
        const executor = inProcessExecutor();
        const cancel = new AbortController();
        let seen = 0;
        const emit = (): void => {
          if (seen++ === cancelAt) cancel.abort();
        };
        const run = await project.run(stages, { executor, jobs, emit, signal: cancel.signal });
        checkFrame(run.events);
        for (const id of Object.keys(stages)) checkStage(run, id, stages[id]?.needs ?? []);
        checkStatus(run, cancel.signal.aborted);
        expect(executor.most()).toBeLessThanOrEqual(jobs);
        expect(project.leftovers()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

function checkFrame(events: readonly PipelineEvent[]): void {
  const types = events.map(({ type }) => type);
  expect(types[0]).toBe('run-started');
  expect(types.filter((type) => type === 'run-started')).toHaveLength(1);
  expect(types.at(-1)).toBe('run-finished');
  expect(types.filter((type) => type === 'run-finished')).toHaveLength(1);
  expect(events.every((event) => JSON.stringify(JSON.parse(JSON.stringify(event))) === JSON.stringify(event))).toBe(
    true,
  );
}

const ENDS = ['stage-reused', 'stage-finished', 'stage-failed', 'stage-skipped'];

/** One end, nothing after it, started at most once, and never before what it needs has ended well. */
function checkStage({ events }: FinishedRun, id: string, needs: readonly string[]): void {
  const indexOf = (stage: string, types: readonly string[]): number =>
    events.findIndex((event) => 'stage' in event && event.stage === stage && types.includes(event.type));
  const own = events.filter((event) => 'stage' in event && event.stage === id).map(({ type }) => type);
  expect(own.filter((type) => ENDS.includes(type))).toHaveLength(1);
  expect(ENDS).toContain(own.at(-1));
  expect(own.filter((type) => type === 'stage-started').length).toBeLessThanOrEqual(1);
  const started = indexOf(id, ['stage-started']);
  if (started === -1) return;
  for (const need of needs) {
    const done = indexOf(need, ['stage-finished', 'stage-reused']);
    expect(done).toBeGreaterThan(-1);
    expect(done).toBeLessThan(started);
  }
}

function checkStatus({ status, stages, events }: FinishedRun, cancelled: boolean): void {
  const results = [...stages.values()];
  const last = events.at(-1);
  expect(last?.type === 'run-finished' && last.status).toBe(status);
  if (!cancelled) {
    const failed = results.some((result) => result.status === 'failed');
    expect(status).toBe(failed ? 'failed' : 'succeeded');
  }
  for (const result of results) {
    if (result.status !== 'skipped') continue;
    if (result.reason.kind === 'cancelled') expect(cancelled).toBe(true);
    else expect('by' in result.reason && stages.get(result.reason.by)?.status).toBe('failed');
  }
}
