import { steadyClock } from '../../base/steady-clock.ts';
import type { Clock, PipelineEvent } from '../../core/event.ts';
import { recordReusedRun } from '../../records/reused-run.ts';
import { nextRunId, noteLatest } from '../../records/run-id.ts';
import type { PipelineRequest } from '../open-pipeline.ts';
import { runStart, type FinishedRun } from '../run-record.ts';
import { orStoreProblem } from '../store-problem.ts';
import type { FoundSnapshot } from './find.ts';

export interface AgainOptions {
  readonly request: PipelineRequest;
  /** Stages at once; the project's, if absent. */
  readonly jobs?: number;
  readonly onEvent: (event: PipelineEvent) => void;
  readonly clock?: Clock;
}

/**
 * A run that has nothing to do, recorded and then told as any other.
 * @returns undefined where the store takes no record of it: what is wrong there is the ordinary run's to tell
 */
export async function runAgain(
  { snapshot, text }: FoundSnapshot,
  options: AgainOptions,
): Promise<Omit<FinishedRun, 'record'> | undefined> {
  const { request, onEvent } = options;
  const clock = steadyClock(options.clock ?? Date.now);
  const { head, reused } = snapshot;
  const run = nextRunId(head.store, clock);
  const started = clock();
  const { backend } = head.environment;
  const start = runStart({
    run,
    started,
    request,
    definition: { ...head.definition, text, backend },
    project: head,
    environment: head.environment,
  });
  const { name: pipeline } = head.definition;
  const jobs = options.jobs ?? head.jobs;
  const first = JSON.stringify({ time: started, type: 'run-started', run, pipeline, jobs, backend });
  const lines = [`${first.slice(0, -1)},"stages":${snapshot.selected}}`];
  for (const body of reused) lines.push(`{"time":${started},${body}`);
  const time = clock();
  const last: readonly PipelineEvent[] = [
    ...head.gates.map((gate) => ({ time, ...gate })),
    { time, type: 'run-finished', status: head.status, seconds: (time - started) / 1000 },
  ];
  const recorded = await orStoreProblem(
    recordReusedRun(start, {
      events: [...lines, ...last.map((event) => JSON.stringify(event)), ''].join('\n'),
      stages: snapshot.stages,
      count: reused.length,
      own: [JSON.parse(first) as PipelineEvent, ...last],
    }),
  );
  if (!recorded.ok) return undefined;
  noteLatest(head.store, run);
  for (const line of lines) onEvent(JSON.parse(line) as PipelineEvent);
  for (const event of last) onEvent(event);
  return { run, status: head.status, folder: recorded.value };
}
