import { type Result, failure, success } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { connect, type TemporalClient } from '../../engine/temporal/client/start-run.ts';
import { temporalServer } from '../../engine/temporal/connection.ts';
import { findTemporalSdk, type TemporalSdk } from '../../engine/temporal/sdk.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { requireWritableRemote } from '../open-remote.ts';
import { type PlannedSnapshot, type Snapshotted, planSnapshot } from './snapshot.ts';

export interface ReadyCluster {
  readonly client: TemporalClient;
  readonly sdk: TemporalSdk;
  readonly remote: RemoteStore;
  readonly address: string;
  readonly prefix: string;
  readonly heartbeatTimeout: number;
  readonly snapshot: PlannedSnapshot;
  close(): Promise<void>;
}

/** Whether there is all that a run on a cluster needs: the SDK, a remote and a server that answer, and nothing that stays behind. */
export async function openCluster(snapshotted: Snapshotted): Promise<Result<ReadyCluster, readonly Problem[]>> {
  const { project } = snapshotted.pipeline;
  const sdk = findTemporalSdk(project.folder);
  if (!sdk.ok) return failure([sdk.error]);
  const snapshot = planSnapshot(snapshotted);
  if (!snapshot.ok) return snapshot;
  const server = temporalServer(sdk.value, project.temporal);
  if (!server.ok) return failure([server.error]);
  const remote = await requireWritableRemote(project);
  if (!remote.ok) return failure([remote.error]);
  const client = await connect({ sdk: sdk.value, ...server.value });
  if (!client.ok) {
    remote.value.close();
    return failure([client.error]);
  }
  return success({
    client: client.value,
    sdk: sdk.value,
    remote: remote.value,
    snapshot: snapshot.value,
    ...project.temporal,
    address: server.value.address,
    async close() {
      remote.value.close();
      await client.value.connection.close();
    },
  });
}
