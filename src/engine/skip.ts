import type { StageSpec } from '../core/pipeline-spec.ts';
import type { ActiveRun } from './run-context.ts';
import { type SkipReason, wasCancelled } from './stage-result.ts';

/** Why a stage is not run: the first failure on the way is the one to name, however many stages were skipped since. */
export function reasonToSkip(run: ActiveRun, spec: StageSpec): SkipReason | undefined {
  if (run.signal.aborted) return { kind: 'cancelled' };
  for (const id of run.context.graph.dependencies(spec.id)) {
    const result = run.results.get(id);
    if (result?.status === 'skipped') return result.reason;
    if (result?.status === 'failed') return wasCancelled(result) ? { kind: 'cancelled' } : { kind: 'blocked', by: id };
  }
  return reasonNotToBegin(run, spec);
}

/** Asked anew each time that a stage has waited: meanwhile the run may have been cancelled, or another stage may have failed. */
export function reasonNotToBegin(run: ActiveRun, { id }: StageSpec): SkipReason | undefined {
  if (run.signal.aborted) return { kind: 'cancelled' };
  const { by } = run.stop;
  // What is made again for one under way belongs to that one.
  return by === undefined || run.healing.has(id) ? undefined : { kind: 'stopped', by };
}

/** What the event says, beside the stage's id. */
export function skipInWords(reason: SkipReason): { readonly blockedBy?: StageSpec['id']; readonly because?: string } {
  switch (reason.kind) {
    case 'cancelled':
      return {};
    case 'blocked':
      return { blockedBy: reason.by };
    case 'stopped':
      return { because: `${reason.by} failed, and nothing is begun after a failure` };
  }
}
