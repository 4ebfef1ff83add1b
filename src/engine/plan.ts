import type { StageId, StageKey } from '../core/ids.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { earlierResults } from './earlier-results.ts';
import { judge } from './condition.ts';
import { stageLookup } from './lookup.ts';
import { type MissReason, missReason } from './miss-reason.ts';
import { visitStages } from './order.ts';
import type { PlanContext } from './plan-context.ts';
import { type Prediction, predictMiss, predictUnknown } from './prediction.ts';

export type { PlanContext } from './plan-context.ts';

export type PlannedStage = { readonly id: StageId; readonly type: string; readonly needs: readonly StageId[] } & (
  | {
      readonly status: 'hit';
      readonly key: StageKey;
      readonly preimage: Preimage;
      readonly record: StageRecord;
      /** The remote that it would be brought from; absent where it is here. */
      readonly from?: string;
    }
  | {
      readonly status: 'miss';
      readonly key: StageKey;
      readonly preimage: Preimage;
      readonly reason: MissReason;
      readonly prediction?: Prediction;
    }
  /** Will be known after these have run. The prediction is for the case that it has to run. */
  | { readonly status: 'unknown'; readonly waitsFor: readonly StageId[]; readonly prediction?: Prediction }
  /** Its `when` does not hold, or that of a stage that it needs. */
  | { readonly status: 'skipped'; readonly because: string }
  /** Cannot run: a file of the person's is missing. */
  | { readonly status: 'blocked'; readonly problem: Problem }
);

/** What would run, and why; in topological order. Changes nothing, and runs nothing. */
export async function planPipeline(context: PlanContext): Promise<readonly PlannedStage[]> {
  const lookUp = stageLookup(context);
  const earlier = earlierResults(context.store, context.spec.name);
  const planned = await visitStages<PlannedStage>(context, async (spec, before) => {
    const base = { id: spec.id, type: spec.type, needs: context.graph.dependencies(spec.id) };
    const condition = judge(spec, (id) => {
      const stage = before.get(id);
      return stage?.status === 'skipped' ? 'skipped' : stage?.status === 'hit' ? stage.record : undefined;
    });
    if (condition.verdict === 'skip') return { ...base, status: 'skipped', because: condition.because };
    if (condition.verdict === 'fault') return { ...base, status: 'blocked', problem: condition.problem };
    const skipped = base.needs.find((id) => before.get(id)?.status === 'skipped');
    if (skipped !== undefined) return { ...base, status: 'skipped', because: `it needs ${skipped}, which is skipped` };
    const results = new Map<StageId, StageRecord>();
    for (const id of base.needs) {
      const need = before.get(id);
      if (need?.status === 'hit') results.set(id, need.record);
    }
    const undecided = condition.verdict === 'unknown' ? condition.waitsFor : [];
    const waitsFor = [...new Set([...base.needs.filter((id) => !results.has(id)), ...undecided])];
    if (waitsFor.length > 0) {
      const prediction = await predictUnknown(earlier, spec, context.types.get(spec.type));
      return { ...base, status: 'unknown', waitsFor, ...(prediction === undefined ? {} : { prediction }) };
    }

    const found = await lookUp(spec, results);
    if (!found.ok) return { ...base, status: 'blocked', problem: found.error };
    const { keyed, record, afresh } = found.value;
    const known = { ...base, key: keyed.key, preimage: keyed.preimage };
    if (record !== undefined) {
      const from = context.store.broughtFrom(keyed.key);
      return { ...known, status: 'hit', record, ...(from === undefined ? {} : { from }) };
    }
    const reason: MissReason = afresh === undefined ? await missReason(earlier, keyed) : { kind: afresh };
    const prediction = await predictMiss(earlier, keyed, reason);
    return { ...known, status: 'miss', reason, ...(prediction === undefined ? {} : { prediction }) };
  });
  return [...planned.values()];
}
