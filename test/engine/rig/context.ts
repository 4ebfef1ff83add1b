import { join } from 'node:path';
import type { PipelineEvent } from '../../../src/core/event.ts';
import type { RunId, StageId } from '../../../src/core/ids.ts';
import type { StageType } from '../../../src/core/stage-type.ts';
import type { Store } from '../../../src/core/store.ts';
import type { StageExecutor } from '../../../src/engine/executor.ts';
import type { PlanContext } from '../../../src/engine/plan.ts';
import type { RunContext } from '../../../src/engine/run.ts';
import { openFileHasher } from '../../../src/fingerprint/file-hasher.ts';
import { buildGraph } from '../../../src/graph/graph.ts';
import { selectTargets } from '../../../src/graph/targets.ts';
import { type TestGate, type TestStages, pipelineOf } from './pipeline.ts';
import { steeredType, tensorType } from './steered-type.ts';

export interface PlanWishes {
  readonly gates?: readonly TestGate[];
  readonly targets?: readonly string[];
  /** With what they need. */
  readonly only?: readonly string[];
  readonly force?: readonly string[];
  readonly types?: readonly StageType[];
  readonly tfjs?: string;
}

export interface RunWishes extends PlanWishes {
  readonly executor: StageExecutor;
  /** In the place of the project's. */
  readonly store?: Store;
  readonly emit: (event: PipelineEvent) => void;
  readonly run?: string;
  readonly jobs?: number;
  readonly keepGoing?: boolean;
  readonly resources?: Readonly<Record<string, number>>;
  readonly audit?: number;
  readonly checkpointPause?: number;
  readonly signal?: AbortSignal;
}

/** What api puts together for a real run. */
export async function planContext(
  { folder, store }: { folder: string; store: Store },
  stages: TestStages,
  wishes: PlanWishes = {},
): Promise<PlanContext> {
  const spec = pipelineOf(folder, stages, wishes.gates);
  const { graph } = buildGraph(spec);
  if (graph === undefined) throw new Error('the test pipeline has no graph');
  const types = [steeredType, tensorType, ...(wishes.types ?? [])];
  return {
    spec,
    graph,
    types: new Map(types.map((type) => [type.name, type])),
    store,
    backend: 'wasm',
    environment: { backend: 'wasm', tfjs: wishes.tfjs ?? '4.22.0', arch: 'x64', threads: 1, node: 20 },
    hasher: await openFileHasher(join(folder, 'stat-cache')),
    ...(wishes.targets === undefined ? {} : { targets: new Set(wishes.targets as readonly StageId[]) }),
    ...(wishes.only === undefined ? {} : { targets: selectTargets(graph, wishes.only as readonly StageId[]) }),
    ...(wishes.force === undefined ? {} : { force: new Set(wishes.force as readonly StageId[]) }),
  };
}

export function runContext(context: PlanContext, wishes: RunWishes): RunContext {
  return {
    ...context,
    run: (wishes.run ?? 'test-run') as RunId,
    executor: wishes.executor,
    clock: Date.now,
    emit: wishes.emit,
    jobs: wishes.jobs ?? 2,
    keepGoing: wishes.keepGoing ?? true,
    ...(wishes.resources === undefined ? {} : { resources: wishes.resources }),
    ...(wishes.audit === undefined ? {} : { audit: wishes.audit }),
    ...(wishes.checkpointPause === undefined ? {} : { checkpointPause: wishes.checkpointPause }),
    signal: wishes.signal ?? new AbortController().signal,
  };
}
