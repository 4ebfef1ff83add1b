import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { StageId } from '../../../core/ids.ts';
import { largePayloads } from '../large-payloads.ts';
import type { StageInput, StageOutput } from '../protocol.ts';
import type { TemporalSdk } from '../sdk.ts';

/** What a workflow's history tells of the stages of a run, in its order. */
export type Told =
  | { readonly kind: 'ended'; readonly input: StageInput; readonly output: StageOutput }
  /** No worker brought it to an end. */
  | { readonly kind: 'lost'; readonly stage: StageId; readonly why: string; readonly isCancelled: boolean }
  | { readonly kind: 'closed'; readonly how: 'done' | 'cancelled' }
  | { readonly kind: 'closed'; readonly how: 'failed'; readonly why: string };

export interface Followed {
  readonly workflowId: string;
  readonly runId: string;
}

interface Following {
  readonly sdk: TemporalSdk;
  readonly signal: AbortSignal;
  /** Told when the server does not answer. */
  readonly silent: (why: string) => void;
}

/** Follows a workflow to its end, also where it goes on as a new one; a server that does not answer is asked again. */
export async function* follow(client: Client, followed: Followed, following: Following): AsyncGenerator<Told> {
  const { defaultPayloadConverter: converter } = following.sdk.common();
  const valueOf = async <T>(payload: Payload): Promise<T> => {
    const [whole = payload] = await largePayloads.decode([payload]);
    return converter.fromPayload<T>(whole);
  };
  let { runId } = followed;
  for (;;) {
    const inputs = new Map<string, StageInput>();
    let goesOnAs: string | undefined;
    for await (const event of eventsOf(client, { ...followed, runId }, following)) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      const completed = event.activityTaskCompletedEventAttributes;
      const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
      const cancelled = event.activityTaskCanceledEventAttributes;
      const [argument] = scheduled?.input?.payloads ?? [];
      if (scheduled && argument) inputs.set(String(event.eventId), await valueOf<StageInput>(argument));
      const ended = String((completed ?? failed ?? cancelled)?.scheduledEventId);
      const input = inputs.get(ended);
      inputs.delete(ended);
      const [payload] = completed?.result?.payloads ?? [];
      if (input !== undefined && payload) {
        yield { kind: 'ended', input, output: await valueOf<StageOutput>(payload) };
      }
      if (input !== undefined && (failed ?? cancelled)) {
        const why = failed?.failure?.cause?.message ?? failed?.failure?.message ?? 'it was cancelled';
        yield { kind: 'lost', stage: input.stage, why, isCancelled: cancelled !== null && cancelled !== undefined };
      }
      if (event.workflowExecutionCompletedEventAttributes) yield { kind: 'closed', how: 'done' };
      if (event.workflowExecutionCanceledEventAttributes) yield { kind: 'closed', how: 'cancelled' };
      const bad = event.workflowExecutionFailedEventAttributes;
      if (bad) yield { kind: 'closed', how: 'failed', why: bad.failure?.message ?? 'its workflow failed' };
      if (event.workflowExecutionTerminatedEventAttributes)
        yield { kind: 'closed', how: 'failed', why: 'its workflow was terminated' };
      if (event.workflowExecutionTimedOutEventAttributes)
        yield { kind: 'closed', how: 'failed', why: 'its workflow ran out of time' };
      goesOnAs = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? goesOnAs;
    }
    if (goesOnAs === undefined) return;
    runId = goesOnAs;
  }
}

type HistoryEvent = NonNullable<
  NonNullable<Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>['history']>['events']
>[number];

/** Each once, in order, as they come. */
async function* eventsOf(
  client: Client,
  execution: Followed,
  { signal, silent }: Following,
): AsyncGenerator<HistoryEvent> {
  let nextPageToken: Uint8Array | undefined;
  let seen = 0;
  for (;;) {
    let answer;
    try {
      // Of its own for each call, which leaves a listener on what it is given.
      answer = await client.connection.withAbortSignal(AbortSignal.any([signal]), () =>
        client.workflowService.getWorkflowExecutionHistory({
          namespace: client.options.namespace,
          execution,
          waitNewEvent: true,
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        }),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      silent(error instanceof Error ? error.message : String(error));
      await sleep(1000, undefined, { signal });
      // A server that was started anew may not know the place any more.
      nextPageToken = undefined;
      continue;
    }
    for (const event of answer.history?.events ?? []) {
      if (Number(event.eventId) <= seen) continue;
      seen = Number(event.eventId);
      yield event;
    }
    nextPageToken = answer.nextPageToken;
    if (nextPageToken.length === 0) return;
  }
}

/** By gRPC's codes: a server that is not reached, too busy, or took too long. */
export function isPassing(error: unknown): boolean {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
  return [1, 2, 4, 8, 10, 13, 14].includes(Number(code ?? cause?.code));
}
