import type { Client, ConnectionOptions } from '@temporalio/client';
import type { RunId } from '../../../core/ids.ts';
import { type Result, failure, success } from '../../../base/result.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import { isOfServer, unreachable } from '../connection.ts';
import { largePayloads } from '../large-payloads.ts';
import { type RunPlan, WORKFLOW_TYPE } from '../protocol.ts';
import { workflowQueue } from '../queues.ts';
import type { TemporalSdk } from '../sdk.ts';
import type { Followed } from './history.ts';

export type TemporalClient = Client;

export interface ClientSettings {
  readonly sdk: TemporalSdk;
  readonly address: string;
  readonly namespace: string;
  readonly connection: ConnectionOptions;
}

export async function connect({
  sdk,
  address,
  namespace,
  connection,
}: ClientSettings): Promise<Result<Client, Problem>> {
  const { Connection, Client: SdkClient } = sdk.client();
  try {
    // Its own retries go on after it is closed, and then end the process: what matters is asked again here.
    const settings = { ...connection, address, connectTimeout: 10_000, interceptors: [] };
    const connected = await Connection.connect(settings);
    return success(
      new SdkClient({ connection: connected, namespace, dataConverter: { payloadCodecs: [largePayloads] } }),
    );
  } catch (error) {
    return failure(unreachable(address, error));
  }
}

export interface StartedRun extends Followed {
  /** The one that the workflow is of: another one's, where the same pipeline was under way already. */
  readonly run: RunId;
  readonly isNew: boolean;
}

interface Starting {
  readonly client: Client;
  readonly sdk: TemporalSdk;
  readonly prefix: string;
  readonly address: string;
}

/** Starts the workflow, or finds the one of the same id that is under way. */
export async function startRun(
  { client, sdk, prefix, address }: Starting,
  workflowId: string,
  plan: RunPlan,
): Promise<Result<StartedRun, Problem>> {
  try {
    const start = async (workflowIdConflictPolicy: 'USE_EXISTING' | 'TERMINATE_EXISTING') => {
      const handle = await client.workflow.start(WORKFLOW_TYPE, {
        ...{ workflowId, workflowIdConflictPolicy, taskQueue: workflowQueue(prefix), args: [plan] },
        memo: { run: plan.run },
      });
      return { handle, described: await handle.describe() };
    };
    let { handle, described } = await start('USE_EXISTING');
    // One that somebody cancelled, and that has not come to its end, is no run to follow.
    if (described.raw.workflowExtendedInfo?.cancelRequested === true)
      ({ handle, described } = await start('TERMINATE_EXISTING'));
    const { memo, raw } = described;
    const runId = raw.workflowExecutionInfo?.firstRunId ?? handle.firstExecutionRunId;
    const run = (memo?.['run'] ?? plan.run) as RunId;
    return success({ workflowId, runId, run, isNew: run === plan.run });
  } catch (error) {
    if (!isOfServer(sdk, error)) throw error;
    return failure(unreachable(address, error));
  }
}
