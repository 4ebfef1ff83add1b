import { setMaxListeners } from 'node:events';
import { Slots } from '../../base/slots.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { type Result, failure, success } from '../../base/result.ts';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { selectedStages } from '../../engine/order.ts';
import { planPipeline } from '../../engine/plan.ts';
import type { RunResult } from '../../engine/run.ts';
import { connect, followWorkflow, startRun, type TemporalClient } from '../../engine/temporal/client.ts';
import { temporalServer } from '../../engine/temporal/connection.ts';
import { followRun } from '../../engine/temporal/follow-run.ts';
import type { PlannedStage, RunPlan } from '../../engine/temporal/protocol.ts';
import { type Pins, poolOf, stageQueue } from '../../engine/temporal/queues.ts';
import { findTemporalSdk, type TemporalSdk } from '../../engine/temporal/sdk.ts';
import { DamagedFile } from '../../core/remote-error.ts';
import type { Store } from '../../core/store.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { orRemoteProblem, requireWritableRemote } from '../open-remote.ts';
import type { SelectedStages } from '../select-stages.ts';
import { broughtResults } from './bring-results.ts';
import { remoteNotes } from './notes.ts';
import { ownPins } from './pins.ts';
import { type PlannedSnapshot, type Snapshotted, planSnapshot, sendSnapshot } from './snapshot.ts';

export interface ReadyCluster {
  readonly client: TemporalClient;
  readonly sdk: TemporalSdk;
  readonly remote: RemoteStore;
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
    async close() {
      remote.value.close();
      await client.value.connection.close();
    },
  });
}

export interface ClusterRun extends Snapshotted {
  readonly cluster: ReadyCluster;
  readonly selected: SelectedStages;
  readonly run: RunId;
  /** Stages under way at once, if the person said so. */
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
  /** `false`: results stay in the remote. */
  readonly pull: boolean;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly emit: (event: PipelineEvent) => void;
}

export interface ClusterResult extends RunResult {
  /** Whether the store here has more than before. */
  readonly isGrown: boolean;
}

/** Runs a pipeline on the workers of a cluster, and follows it. */
export async function runOnTemporal(asked: ClusterRun): Promise<Result<ClusterResult, readonly Problem[]>> {
  const { pipeline, workspace, cluster, selected, signal, emit, clock } = asked;
  const { remote, client, sdk, prefix } = cluster;
  const context = { ...pipeline, ...workspace, ...selected };
  setMaxListeners(0, signal);
  const sent = await orRemoteProblem(sendAll(asked, remote, signal));
  if (!sent.ok) return failure([sent.error]);
  const pins = ownPins(workspace.environment);
  const stages = selectedStages(context);
  const plan = runPlan(asked, { stages, pins, snapshot: sent.value });
  const { run: _, ...same } = plan;
  const id = `${prefix}.${pipeline.spec.name}.${sha256(canonicalJson(same as unknown as JsonValue)).slice(0, 16)}`;
  const started = await startRun({ client, sdk, prefix }, id, plan);
  if (!started.ok) return failure([started.error]);
  const pools = new Map(stages.map((stage) => [stage.id, poolOf(stage)]));
  const follower = followWorkflow(started.value, {
    ...{ client, sdk, pins, prefix, emit, clock },
    notes: remoteNotes(remote),
    poolOf: (stage) => pools.get(stage),
  });
  const { isNew, run } = started.value;
  const warn = (message: string): void => {
    emit({ type: 'warning', time: clock(), message });
  };
  if (!isNew) warn(`the same is under way already, as ${run}: it is followed, and Ctrl-C leaves it alone`);
  const made = broughtResults({ store: workspace.store, remote, warn, signal });
  const cancel = (): void => {
    void follower.cancel(isNew);
  };
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    const told = { ...context, run: asked.run, clock, jobs: plan.jobs, signal, emit };
    const ended = await orRemoteProblem(followRun(told, follower, asked.pull ? made : undefined));
    return ended.ok ? success({ ...ended.value, isGrown: made.any() }) : failure([ended.error]);
  } finally {
    signal.removeEventListener('abort', cancel);
    follower.close();
  }
}

/** What is run, and the results that are here and not there: what a laptop has computed, no cluster computes again. */
async function sendAll(asked: ClusterRun, remote: RemoteStore, signal: AbortSignal): Promise<Digest> {
  const { pipeline, workspace, selected, cluster } = asked;
  const planned = await planPipeline({ ...pipeline, ...workspace, ...selected });
  const slots = new Slots(8);
  await Promise.all(
    planned.map((stage) =>
      slots.within(async () => {
        if (stage.status !== 'hit' || (await remote.record(stage.key, signal)) !== undefined) return;
        await sendResult(workspace.store, remote, { ...stage, signal });
      }),
    ),
  );
  return sendSnapshot(asked, cluster.snapshot, { remote, signal });
}

async function sendResult(
  store: Store,
  remote: RemoteStore,
  { record, signal }: { readonly record: Parameters<RemoteStore['publish']>[0]; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await remote.publish(record, { pathOf: (digest) => store.objectPath(digest), signal });
  } catch (error) {
    // It is computed anew.
    if (!(error instanceof DamagedFile)) throw error;
  }
}

interface Planned {
  readonly stages: readonly StageSpec[];
  readonly pins: Pins;
  readonly snapshot: Digest;
}

function runPlan(asked: ClusterRun, { stages, pins, snapshot }: Planned): RunPlan {
  const { cluster, selected, pipeline, run, jobs = MOST_AT_ONCE, keepGoing } = asked;
  const { graph } = pipeline;
  const places = new Map(stages.map(({ id }, place) => [id, place]));
  const placesOf = (ids: readonly StageId[]): number[] => ids.flatMap((id) => places.get(id) ?? []);
  const queues = [...new Set(stages.map((stage) => stageQueue(cluster.prefix, poolOf(stage), pins)))];
  return {
    format: 1,
    run,
    snapshot,
    queues,
    jobs: Math.min(jobs, MOST_AT_ONCE),
    keepGoing,
    heartbeatTimeout: cluster.heartbeatTimeout,
    stages: stages.map((stage): PlannedStage => {
      const { when, timeout } = stage.policy ?? {};
      return {
        id: stage.id,
        queue: queues.indexOf(stageQueue(cluster.prefix, poolOf(stage), pins)),
        needs: placesOf(graph.dependencies(stage.id)),
        ...(when === undefined ? {} : { conditions: placesOf(graph.conditions(stage.id)) }),
        ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
        ...(selected.force?.has(stage.id) === true ? { forced: true } : {}),
      };
    }),
  };
}

/** Temporal lets a workflow have 2,000 activities pending. */
const MOST_AT_ONCE = 1000;
