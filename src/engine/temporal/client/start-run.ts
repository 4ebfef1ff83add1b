import type { Client, ConnectionOptions } from '@temporalio/client';
import type { RunId } from '../../../core/ids.ts';
import { type Result, failure, success } from '../../../base/result.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import { unreachable } from '../connection.ts';
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

/** Starts the workflow, or finds the one of the same id that is under way. */
export async function startRun(
  { client, sdk, prefix }: { readonly client: Client; readonly sdk: TemporalSdk; readonly prefix: string },
  workflowId: string,
  plan: RunPlan,
): Promise<Result<StartedRun, Problem>> {
  try {
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      workflowId,
      taskQueue: workflowQueue(prefix),
      args: [plan],
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: { run: plan.run },
    });
    const { memo, raw } = await handle.describe();
    const runId = raw.workflowExecutionInfo?.firstRunId ?? handle.firstExecutionRunId;
    const run = (memo?.['run'] ?? plan.run) as RunId;
    return success({ workflowId, runId, run, isNew: run === plan.run });
  } catch (error) {
    if (!(error instanceof sdk.client().ServiceError)) throw error;
    return failure(unreachable(client.options.namespace, error));
  }
}
