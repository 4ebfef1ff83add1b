import type { StageId } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import { type Verdict, judge } from './condition.ts';
import type { ActiveRun, RunContext } from './run-context.ts';
import { type SkipReason, recordOf, wasCancelled } from './stage-result.ts';

/** What is looked at to say whether a stage is run; who follows a run that goes on elsewhere has no more of it. */
export type RunView = Pick<ActiveRun, 'signal' | 'results' | 'stop' | 'healing'> & {
  readonly context: Pick<RunContext, 'graph'>;
};

/** Why a stage is not run: the first failure on the way is the one to name, however many stages were skipped since. */
export function reasonToSkip(run: RunView, spec: StageSpec): SkipReason | undefined {
  const { graph } = run.context;
  if (run.signal.aborted) return { kind: 'cancelled' };
  for (const id of graph.conditions(spec.id)) {
    const reason = reasonAfterFailure(run, id);
    if (reason !== undefined) return reason;
  }
  const condition = judgeInRun(run, spec);
  if (condition.verdict === 'skip') return { kind: 'condition', because: condition.because };
  for (const id of graph.dependencies(spec.id)) {
    const reason = reasonAfterFailure(run, id) ?? reasonAfterSkip(run, id);
    if (reason !== undefined) return reason;
  }
  return reasonNotToBegin(run, spec);
}

/** What its `when` comes to, by the results so far. */
export function judgeInRun(run: RunView, spec: StageSpec): Verdict {
  return judge(spec, (id) => {
    const result = run.results.get(id);
    return result?.status === 'skipped' ? 'skipped' : recordOf(result);
  });
}

function reasonAfterFailure(run: RunView, id: StageId): SkipReason | undefined {
  const result = run.results.get(id);
  if (result?.status !== 'failed') return undefined;
  return wasCancelled(result) ? { kind: 'cancelled' } : { kind: 'blocked', by: id };
}

function reasonAfterSkip(run: RunView, id: StageId): SkipReason | undefined {
  const result = run.results.get(id);
  if (result?.status !== 'skipped') return undefined;
  return result.reason.kind === 'condition' ? { kind: 'needs-skipped', skipped: id } : result.reason;
}

/** Asked anew each time that a stage has waited: meanwhile the run may have been cancelled, or another stage may have failed. */
export function reasonNotToBegin(run: RunView, { id }: StageSpec): SkipReason | undefined {
  if (run.signal.aborted) return { kind: 'cancelled' };
  const { by } = run.stop;
  // What is made again for one under way belongs to that one.
  return by === undefined || run.healing.has(id) ? undefined : { kind: 'stopped', by };
}

/** What the event says, beside the stage's id. */
export function skipInWords(reason: SkipReason): { readonly blockedBy?: StageId; readonly because?: string } {
  switch (reason.kind) {
    case 'cancelled':
      return {};
    case 'blocked':
      return { blockedBy: reason.by };
    case 'condition':
      return { because: reason.because };
    case 'needs-skipped':
      return { because: `it needs ${reason.skipped}, which was skipped` };
    case 'stopped':
      return { because: `${reason.by} failed, and nothing is begun after a failure` };
  }
}
