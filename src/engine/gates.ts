import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { EventBody } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import type { GateSpec } from '../core/pipeline-spec.ts';
import { type StageResult, recordOf } from './stage-result.ts';

export type GateCheck = Extract<EventBody, { type: 'gate-checked' }>;

/** Each gate of a stage that has a result; what failed, was skipped or not asked for is told elsewhere. */
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

function numberAt(metrics: JsonValue, path: readonly string[]): number | null {
  let value: JsonValue | undefined = metrics;
  for (const name of path) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return typeof value === 'number' ? value : null;
}

function holds(value: number, { operator, bound }: GateSpec): boolean {
  switch (operator) {
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '<':
      return value < bound;
    case '==':
      return value === bound;
  }
}
