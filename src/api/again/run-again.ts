import { steadyClock } from '../../base/steady-clock.ts';
import type { Clock, EventBody, PipelineEvent, RunStatus } from '../../core/event.ts';
import { nextRunId } from '../../records/run-id.ts';
import { finishRecord, startRecord, type FinishedRun } from '../run-record.ts';
import type { PipelineRequest } from '../open-pipeline.ts';
import type { FoundSnapshot } from './find.ts';

export interface AgainOptions {
  readonly request: PipelineRequest;
  /** Stages at once; the project's, if absent. */
  readonly jobs?: number;
  readonly onEvent: (event: PipelineEvent) => void;
  readonly clock?: Clock;
}

/**
 * A run that has nothing to do, told and recorded as any other.
 * @returns undefined where the store takes no record of it: what is wrong there is the ordinary run's to tell
 */
export async function runAgain(found: FoundSnapshot, options: AgainOptions): Promise<FinishedRun | undefined> {
  const { snapshot, text } = found;
  const { request, onEvent } = options;
  const clock = steadyClock(options.clock ?? Date.now);
  const run = nextRunId(snapshot.store, clock);
  const started = clock();
  const { backend } = snapshot.environment;
  const recorder = await startRecord({
    run,
    started,
    request,
    definition: { ...snapshot.definition, text, backend },
    project: snapshot,
    environment: snapshot.environment,
  });
  if (!recorder.ok) return undefined;
  let status: RunStatus = 'succeeded';
  for (const body of snapshot.events) {
    const time = clock();
    const event = { time, ...now(body) };
    if (event.type === 'run-finished') status = event.status;
    recorder.value.emit(event);
    onEvent(event);
  }
  return finishRecord(recorder.value, run, status);

  function now(body: EventBody): EventBody {
    if (body.type === 'run-started') return { ...body, run, jobs: options.jobs ?? snapshot.jobs };
    if (body.type === 'run-finished') return { ...body, seconds: (clock() - started) / 1000 };
    return body;
  }
}
