import { setMaxListeners } from 'node:events';
import type { Emit, RunStatus } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import { auditHits } from './audit.ts';
import { earlierResults } from './earlier-results.ts';
import { type GateCheck, checkGates, skippedGates } from './gates.ts';
import { stageLookup } from './lookup.ts';
import { selectedStages, visitStages } from './order.ts';
import { Places } from './places.ts';
import { outputLocks } from './project-files/output-locks.ts';
import type { ActiveRun, RunContext } from './run-context.ts';
import { runStage } from './run-stage.ts';
import { type StageResult, wasCancelled } from './stage-result.ts';

export type { RunContext } from './run-context.ts';
export type { StageResult } from './stage-result.ts';

export interface RunResult {
  readonly status: RunStatus;
  /** In topological order. */
  readonly stages: ReadonlyMap<StageId, StageResult>;
}

/**
 * Runs what has to run. Says everything through `emit`: one `run-started` first, one `run-finished` last. Does not close the
 * executor. Rejects only for bugs, and then leaves nothing running.
 */
export function runStages(context: RunContext): Promise<RunResult> {
  return toldRun(context, (emit) => runAll(context, emit));
}

/** A run as it is told of. */
type ToldRun = Pick<
  RunContext,
  'spec' | 'graph' | 'targets' | 'clock' | 'run' | 'jobs' | 'backend' | 'signal' | 'emit'
>;

/** Tells of a run's beginning, its gates and its end around the work, wherever that is done. */
export async function toldRun(context: ToldRun, work: (emit: Emit) => Promise<AllRun>): Promise<RunResult> {
  const { spec, graph, clock } = context;
  const startedAt = clock();
  const emit: Emit = (event) => {
    context.emit({ time: clock(), ...event });
  };
  emit({
    type: 'run-started',
    run: context.run,
    pipeline: spec.name,
    stages: selectedStages(context).map(({ id, type, variant }) => ({
      ...{ id, type, needs: graph.dependencies(id) },
      ...(variant === undefined ? {} : { variant }),
    })),
    jobs: context.jobs,
    backend: context.backend,
  });
  let status: RunStatus = 'failed';
  try {
    const { stages, audited } = await work(emit);
    const gates = context.signal.aborted ? [] : checkGates(spec.gates, stages);
    for (const gate of gates) emit(gate);
    for (const warning of skippedGates(spec.gates, stages)) emit(warning);
    status = statusOf([...stages.values()], { gates, audited });
    return { status, stages };
  } finally {
    emit({ type: 'run-finished', status, seconds: Math.max(0, clock() - startedAt) / 1000 });
  }
}

export interface AllRun extends Pick<RunResult, 'stages'> {
  readonly audited: Audited;
}

/** What an audit found, where there was one to its end. */
type Audited = 'held' | 'differs' | 'cancelled';

async function runAll(context: RunContext, emit: Emit): Promise<AllRun> {
  const bug = new AbortController();
  const signal = AbortSignal.any([context.signal, bug.signal]);
  // Every stage under way listens to it; Node warns of more than ten.
  setMaxListeners(0, signal);
  const results = new Map<StageId, StageResult>();
  const run: ActiveRun = {
    context,
    emit,
    signal,
    stages: new Map(selectedStages(context).map((spec) => [spec.id, spec])),
    results,
    lookUp: stageLookup(context),
    earlier: earlierResults(context.store, context.spec.name),
    places: new Places(context.jobs, context.resources),
    outputs: outputLocks({ ...context, folder: context.spec.folder, signal }),
    stop: {},
    healing: new Map(),
  };
  const visited = await visitStages(context, async (spec) => {
    try {
      return await runStage(run, spec);
    } catch (error) {
      bug.abort(error);
      throw error;
    }
  });
  // A stage that was made again has a later result than its visit gave.
  const stages = new Map([...visited].map(([id, result]) => [id, results.get(id) ?? result]));
  return { stages, audited: await audited(run) };
}

async function audited(run: ActiveRun): Promise<Audited> {
  const { context, signal } = run;
  if (context.audit === undefined || context.signal.aborted) return 'held';
  const held = await auditHits(run, context.audit);
  if (signal.aborted) return 'cancelled';
  return held ? 'held' : 'differs';
}

interface Checks {
  readonly gates: readonly GateCheck[];
  readonly audited: Audited;
}

function statusOf(results: readonly StageResult[], { gates, audited }: Checks): RunStatus {
  if (audited === 'cancelled' || results.some(wasCancelled)) return 'cancelled';
  if (audited === 'differs' || results.some(({ status }) => status === 'failed')) return 'failed';
  return gates.every(({ passed }) => passed) ? 'succeeded' : 'gate-missed';
}
