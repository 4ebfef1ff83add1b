import { canonicalJson } from '../../base/canonical-json.ts';
import type { JsonValue } from '../../base/json.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { flatValues } from '../../records/run-values.ts';

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

function textOf({ value }: Held): string {
  return value === undefined ? '' : canonicalJson(value);
}
