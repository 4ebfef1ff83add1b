import type { WorkflowHandle } from '@temporalio/client';
import type { StageId } from '../../../core/ids.ts';
import { largePayloads } from '../large-payloads.ts';
import type { StageBeat } from '../protocol.ts';
import type { Followed } from './history.ts';

export interface UnderWay {
  readonly stage: StageId;
  readonly beat: StageBeat | undefined;
  /** For a worker to take it. */
  readonly isWaiting: boolean;
  /** Of the attempt before. */
  readonly failure: string | undefined;
}

export async function stagesUnderWay(handle: WorkflowHandle, { runId }: Followed): Promise<readonly UnderWay[]> {
  const { raw } = await handle.describe();
  // The newest of the id: another one, begun after this one's end.
  if (raw.workflowExecutionInfo?.firstRunId !== runId) return [];
  const under = raw.pendingActivities ?? [];
  return Promise.all(
    under.map(async ({ activityId, heartbeatDetails, state, attempt, lastFailure }) => {
      const [whole] = await largePayloads.decode(heartbeatDetails?.payloads ?? []);
      const data = whole?.data;
      return {
        stage: (activityId ?? '') as StageId,
        beat: data ? (JSON.parse(Buffer.from(data).toString('utf8')) as StageBeat) : undefined,
        isWaiting: Number(state) === SCHEDULED,
        failure: Number(attempt) > 1 ? failureInWords(lastFailure) : undefined,
      };
    }),
  );
}

type LastFailure = NonNullable<
  NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number]['lastFailure']
>;

function failureInWords(failure: LastFailure | null | undefined): string | undefined {
  if (failure?.timeoutFailureInfo) return 'its worker is not heard of any more: it goes on elsewhere';
  return failure?.message ?? undefined;
}

/** PENDING_ACTIVITY_STATE_SCHEDULED */
const SCHEDULED = 1;
