import type { EventBody } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import type { GateSpec } from '../core/pipeline-spec.ts';
import { holds, numberAt } from './metric.ts';
import { type StageResult, recordOf } from './stage-result.ts';

export type GateCheck = Extract<EventBody, { type: 'gate-checked' }>;

/** Each gate of a stage that has a result; what failed or was not asked for is told elsewhere, what was skipped by `skippedGates`. */
export function checkGates(
  gates: readonly GateSpec[],
  results: ReadonlyMap<StageId, StageResult>,
): readonly GateCheck[] {
  return gates.flatMap((gate) => {
    const record = recordOf(results.get(gate.stage));
    if (record === undefined) return [];
    const value = numberAt(record.metrics, gate.path);
    return [
      {
        type: 'gate-checked',
        metric: gate.metric,
        bound: `${gate.operator} ${gate.bound}`,
        value,
        passed: value !== null && holds(value, gate),
      },
    ];
  });
}

/** Gates that nobody checks, since their stage's `when` did not hold, or that of one that it needs. */
export function skippedGates(
  gates: readonly GateSpec[],
  results: ReadonlyMap<StageId, StageResult>,
): readonly Extract<EventBody, { type: 'warning' }>[] {
  return gates.flatMap(({ metric, operator, bound, stage }) => {
    const result = results.get(stage);
    if (result?.status !== 'skipped' || (result.reason.kind !== 'condition' && result.reason.kind !== 'needs-skipped'))
      return [];
    return [
      { type: 'warning', stage, message: `the gate ${metric} ${operator} ${bound} is not checked: it was skipped` },
    ];
  });
}
