import type { Digest } from '../base/hash.ts';
import type { StageId } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Store } from '../core/store.ts';
import { computeStage } from './compute-stage.ts';
import type { KeyedStage } from './keyed-stage.ts';
import { reuse } from './project-files/restore.ts';
import type { ActiveRun } from './run-context.ts';
import { eventProblem, thrownProblem } from './stage-problem.ts';
import { judgeInRun, reasonToSkip, skipInWords } from './skip.ts';
import { type StageResult, recordOf, wasCancelled } from './stage-result.ts';

/** Reuses or computes one stage, whose needs are done. The boundary of a stage: whatever is thrown inside is its failure. */
export async function runStage(run: ActiveRun, spec: StageSpec): Promise<StageResult> {
  const result = await resultOfStage(run, spec);
  run.results.set(spec.id, result);
  if (result.status === 'failed' && !wasCancelled(result) && !run.context.keepGoing) run.stop.by ??= spec.id;
  tellResult(run, spec.id, result);
  return result;
}

/** The same, and nothing is told of how it ended. */
export async function resultOfStage(run: ActiveRun, spec: StageSpec): Promise<StageResult> {
  try {
    for (let attempt = 1; ; attempt++) {
      // Where it stumbled over a damaged input, it has begun.
      const reason = reasonToSkip(run, spec);
      if (reason !== undefined && (attempt === 1 || reason.kind !== 'stopped')) return { status: 'skipped', reason };
      const condition = judgeInRun(run, spec);
      if (condition.verdict === 'fault') return { status: 'failed', problem: condition.problem, seconds: 0 };
      const found = await run.lookUp(spec, resultsOfNeeds(run, spec));
      if (!found.ok) return { status: 'failed', problem: found.error, seconds: 0 };
      const { keyed, record } = found.value;
      if (record !== undefined) return await reuse(run, keyed, record);
      const computed = await computeStage(run, found.value);
      if (computed.status !== 'damaged') return computed;
      const { object, problem, seconds } = computed;
      if (attempt === MOST_ATTEMPTS) return { status: 'failed', problem, seconds };
      await heal(run, keyed, object);
    }
  } catch (error) {
    if (run.signal.aborted) return { status: 'skipped', reason: { kind: 'cancelled' } };
    return { status: 'failed', problem: thrownProblem(run.emit, spec, error), seconds: 0 };
  }
}

const MOST_ATTEMPTS = 3;

/** Of those that are done. */
export function resultsOfNeeds(run: ActiveRun, spec: StageSpec): ReadonlyMap<StageId, StageRecord> {
  const records = new Map<StageId, StageRecord>();
  for (const id of run.context.graph.dependencies(spec.id)) {
    const record = recordOf(run.results.get(id));
    if (record !== undefined) records.set(id, record);
  }
  return records;
}

/** Takes a damaged object out of the store and makes again what it belonged to, once for all that stumbled over it. */
async function heal(run: ActiveRun, keyed: KeyedStage, object: Digest): Promise<void> {
  await run.context.store.discardDamaged(object);
  for (const { from, record } of Object.values(keyed.inputs)) {
    if (!record.artifact.files.some(({ digest }) => digest === object)) continue;
    const healing = run.healing.get(from) ?? makeAgain(run, from, record).finally(() => run.healing.delete(from));
    run.healing.set(from, healing);
    await healing;
  }
}

async function makeAgain(run: ActiveRun, id: StageId, record: StageRecord): Promise<void> {
  const spec = run.stages.get(id);
  if (spec === undefined) return;
  const found = await run.context.store.lookup(record.key);
  if (found?.artifact.digest === record.artifact.digest) return;
  run.emit({ type: 'warning', stage: id, message: 'its artifact was damaged in the store and is made again' });
  await run.fetchNeeds?.(id);
  await runStage(run, spec);
}

/** Tells how a stage ended. */
export function tellResult(
  run: Pick<ActiveRun, 'emit'> & { readonly context: { readonly store: Pick<Store, 'broughtFrom'> } },
  stage: StageId,
  result: StageResult,
): void {
  switch (result.status) {
    case 'reused': {
      const { artifact, metrics, seconds } = result.record;
      const from = run.context.store.broughtFrom(result.key);
      const origin = from === undefined ? {} : { from };
      run.emit({ type: 'stage-reused', stage, key: result.key, artifact, metrics, secondsSaved: seconds, ...origin });
      return;
    }
    case 'ran': {
      const { artifact, metrics } = result.record;
      run.emit({ type: 'stage-finished', stage, key: result.key, artifact, metrics, seconds: result.seconds });
      return;
    }
    case 'failed':
      run.emit({ type: 'stage-failed', stage, problem: eventProblem(result.problem), seconds: result.seconds });
      return;
    case 'skipped':
      run.emit({ type: 'stage-skipped', stage, ...skipInWords(result.reason) });
  }
}
