import { type Result, failure, success } from '../base/result.ts';
import { Slots } from '../base/slots.ts';
import type { StageId } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { type KeyedStage, keyStage } from './keyed-stage.ts';
import type { PlanContext } from './plan-context.ts';

/** Whether a stage is a hit: its key, and the result that the store has under it. */
export type LookUpStage = (
  spec: StageSpec,
  results: ReadonlyMap<StageId, StageRecord>,
) => Promise<Result<FoundStage, Problem>>;

export interface FoundStage {
  readonly keyed: KeyedStage;
  /** Absent for a miss, and for a stage that is run again whatever the store holds. */
  readonly record: StageRecord | undefined;
  readonly afresh: Afresh | undefined;
}

/** Why a stage runs whatever the store holds: the person asked for it, or its policy does. */
export type Afresh = 'forced' | 'uncached';

export function stageLookup(context: PlanContext): LookUpStage {
  const slots = new Slots(AT_ONCE);
  return (spec, results) =>
    slots.within(async () => {
      const keyed = await keyStage(context, spec, results);
      if (!keyed.ok) return failure(keyed.error);
      const afresh = reasonToRunAfresh(context, spec);
      const record = afresh === undefined ? await context.store.lookup(keyed.value.key) : undefined;
      return success({ keyed: keyed.value, record, afresh });
    });
}

/** Of a stage that is not to be kept, forcing changes nothing. */
function reasonToRunAfresh({ force }: PlanContext, { id, policy }: StageSpec): Afresh | undefined {
  if (policy?.cache === false) return 'uncached';
  return force?.has(id) === true ? 'forced' : undefined;
}

/** Thousands of stages may be ready at once; a process may not have as many files open. */
const AT_ONCE = 64;
