import { setMaxListeners } from 'node:events';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { type Result, failure, success } from '../../base/result.ts';
import { Slots } from '../../base/slots.ts';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId } from '../../core/ids.ts';
import { DamagedFile } from '../../core/remote-error.ts';
import type { Store } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { selectedStages } from '../../engine/order.ts';
import { planPipeline } from '../../engine/plan.ts';
import type { RunResult } from '../../engine/run.ts';
import { type RunElsewhere, followRun } from '../../engine/temporal/client/follow-run.ts';
import { followWorkflow } from '../../engine/temporal/client/follow-workflow.ts';
import { startRun } from '../../engine/temporal/client/start-run.ts';
import { isOfServer, unreachable } from '../../engine/temporal/connection.ts';
import { poolOf } from '../../engine/temporal/queues.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { orRemoteProblem } from '../open-remote.ts';
import type { SelectedStages } from '../select-stages.ts';
import { broughtResults } from './bring-results.ts';
import { remoteNotes } from './notes.ts';
import type { ReadyCluster } from './open-cluster.ts';
import { ownPins } from './pins.ts';
import { runPlan } from './run-plan.ts';
import { type Snapshotted, sendSnapshot } from './snapshot.ts';

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
  const { remote, client, sdk, prefix, address } = cluster;
  const context = { ...pipeline, ...workspace, ...selected };
  setMaxListeners(0, signal);
  const told = { ...context, run: asked.run, clock, signal, emit };
  const sent = await sendUnlessCancelled(asked);
  // Cancelled before it was begun: told as any other.
  if (sent === undefined)
    return success({ ...(await followRun({ ...told, jobs: asked.jobs ?? 1 }, nowhere, undefined)), isGrown: false });
  if (!sent.ok) return failure([sent.error]);
  const pins = ownPins(workspace.environment);
  const stages = selectedStages(context);
  const plan = runPlan(asked, { stages, pins, snapshot: sent.value });
  const { run: _, ...same } = plan;
  const id = `${prefix}.${pipeline.spec.name}.${sha256(canonicalJson(same as unknown as JsonValue)).slice(0, 16)}`;
  const started = await startRun({ client, sdk, prefix, address }, id, plan);
  if (!started.ok) return failure([started.error]);
  const follower = followWorkflow(started.value, {
    ...{ client, sdk, pins, prefix, emit, clock },
    notes: remoteNotes(remote),
    pools: new Map(stages.map((stage) => [stage.id, poolOf(stage)])),
  });
  const warn = (message: string): void => {
    emit({ type: 'warning', time: clock(), message });
  };
  const made = broughtResults({ store: workspace.store, remote, warn, signal });
  const cancel = (): void => {
    void follower.cancel();
  };
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    const results = asked.pull ? made : undefined;
    const ended = await orRemoteProblem(followRun({ ...told, jobs: plan.jobs }, follower, results));
    return ended.ok ? success({ ...ended.value, isGrown: made.any() }) : failure([ended.error]);
  } catch (error) {
    if (!isOfServer(sdk, error)) throw error;
    return failure([unreachable(address, error)]);
  } finally {
    signal.removeEventListener('abort', cancel);
    follower.close();
  }
}

const nowhere: RunElsewhere = {
  joined: undefined,
  outcomeOf: () => Promise.resolve({ kind: 'never', isCancelled: true }),
  untold: () => [],
};

/** @returns undefined where it was cancelled */
async function sendUnlessCancelled(asked: ClusterRun): Promise<Result<Digest, Problem> | undefined> {
  try {
    return await orRemoteProblem(sendAll(asked));
  } catch (error) {
    if (asked.signal.aborted) return undefined;
    if (!(error instanceof DamagedFile)) throw error;
    const message = 'a file of the pipeline changed while it was sent to the remote';
    return failure({ code: 'input-changed', message, hint: 'run again, once the files are as they should be' });
  }
}

/** What is run, and the results that are here and not there: what a laptop has computed, no cluster computes again. */
async function sendAll(asked: ClusterRun): Promise<Digest> {
  const { pipeline, workspace, selected, cluster, signal } = asked;
  const { remote } = cluster;
  // At once: what is changed from now on is not of this run.
  const snapshot = await sendSnapshot(asked, cluster.snapshot, { remote, signal });
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
  return snapshot;
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
