import { canonicalJson } from '../../base/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { RunRecord } from '../../records/run-record.ts';

/** A value by its name, in each run. */
export interface ComparedEntry {
  readonly name: string;
  /** One a run. */
  readonly of: readonly Held[];
  readonly differs: boolean;
}

/** Without `value` where the run has none of the name, which is not the same as `null`. */
export interface Held {
  readonly value?: JsonValue;
}

export function comparedParams(records: readonly Pick<RunRecord, 'definition'>[]): readonly ComparedEntry[] {
  return comparedEntries(records.map(({ definition }) => flatValues(definition.params)));
}

/** Names in the order in which the runs have them. */
export function comparedEntries(values: readonly ReadonlyMap<string, JsonValue>[]): readonly ComparedEntry[] {
  const names = new Set(values.flatMap((each) => [...each.keys()]));
  return [...names].map((name) => {
    const of = values.map((each): Held => {
      const value = each.get(name);
      return value === undefined ? {} : { value };
    });
    return { name, of, differs: new Set(of.map(textOf)).size > 1 };
  });
}

/** `{ model: { units: 16 } }` as `model.units`; a list is one value. */
export function flatValues(object: JsonObject, prefix = ''): ReadonlyMap<string, JsonValue> {
  return new Map(
    Object.entries(object).flatMap(([name, value]): (readonly [string, JsonValue])[] => {
      const path = `${prefix}${name}`;
      return isJsonObject(value) && Object.keys(value).length > 0
        ? [...flatValues(value, `${path}.`)]
        : [[path, value]];
    }),
  );
}

function textOf({ value }: Held): string {
  return value === undefined ? '' : canonicalJson(value);
}
