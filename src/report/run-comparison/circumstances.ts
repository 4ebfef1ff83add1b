import type { JsonValue } from '../../base/json.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { comparedEntries, type ComparedEntry } from './params.ts';

/** What may make runs differ besides the definition: all but the commit and the machine's name is in keys or may be. */
export function comparedCircumstances(
  records: readonly Pick<RunRecord, 'definition' | 'facts'>[],
): readonly ComparedEntry[] {
  return comparedEntries(records.map((record) => new Map(circumstances(record))));
}

function circumstances({
  definition,
  facts: { versions, host, git },
}: Pick<RunRecord, 'definition' | 'facts'>): readonly (readonly [string, JsonValue])[] {
  const { name, file, overrides, backend, targets } = definition;
  return [
    ['pipeline', name],
    ['file', file],
    ['given', overrides],
    ...(targets === undefined ? [] : [['asked for', targets] as const]),
    ['backend', backend],
    ...Object.entries(versions),
    ...(git === undefined ? [] : [['commit', git.commit] as const, ['uncommitted changes', git.dirty] as const]),
    ...Object.entries(host).map(([fact, value]) => [`machine: ${fact}`, value as JsonValue] as const),
  ];
}
