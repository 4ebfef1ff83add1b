import type { Digest } from '../../base/hash.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { PlannedStage, RunPlan } from '../../engine/temporal/protocol.ts';
import { type Pins, poolOf, stageQueue } from '../../engine/temporal/queues.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { SelectedStages } from '../select-stages.ts';
import type { ReadyCluster } from './open-cluster.ts';

interface Asked {
  readonly cluster: Pick<ReadyCluster, 'prefix' | 'heartbeatTimeout'>;
  readonly pipeline: OpenedPipeline;
  readonly selected: SelectedStages;
  readonly run: RunId;
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
}

interface Planned {
  readonly stages: readonly StageSpec[];
  readonly pins: Pins;
  readonly snapshot: Digest;
}

export function runPlan(asked: Asked, { stages, pins, snapshot }: Planned): RunPlan {
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
