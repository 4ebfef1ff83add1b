import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { RunRecord } from './run-record.ts';

/** What a run can be looked at by: `params.temperature`, and the numbers of its stages: `evaluate.student.validation.accuracy`. */
export function runValues({
  definition,
  stages,
}: Pick<RunRecord, 'definition' | 'stages'>): ReadonlyMap<string, JsonValue> {
  const metrics = stages.flatMap((stage) => [...flatValues(stage.metrics ?? {}, `${stage.id}.`)]);
  return new Map([
    ...flatValues(definition.params, 'params.'),
    ...metrics.filter(([, value]) => typeof value === 'number'),
  ]);
}

/** `{ model: { units: 16 } }` as `model.units`; a list is one value. */
export function flatValues(object: JsonObject, prefix = ''): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(object)) {
    const path = `${prefix}${name}`;
    if (!isJsonObject(value) || Object.keys(value).length === 0) values.set(path, value);
    else for (const [inner, each] of flatValues(value, `${path}.`)) values.set(inner, each);
  }
  return values;
}
