import type { JsonValue } from '../base/json.ts';
import type { RunRecord } from '../records/run-record.ts';
import { flatValues } from '../records/run-values.ts';
import { csvText } from './csv.ts';
import { oneLine } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The parameters of a run, and which of them were given beside the file, with a line break at the end. */
export async function renderParams(
  { id, definition }: RunRecord,
  options: { readonly style: Style; readonly width: number },
): Promise<string> {
  const title = options.style.heading(`${definition.name}, run ${id}`);
  const params = [...flatValues(definition.params)];
  const given = givenNames(definition.overrides);
  const rows = params.map(([name, value]) => [
    options.style.name(name),
    valueText(value),
    given.has(name) ? '--set' : '',
  ]);
  const head = ['parameter', 'value', ...(rows.some(([, , by]) => by !== '') ? ['given by'] : [])];
  const table =
    rows.length === 0
      ? 'no parameters'
      : await renderTable({ head, rows: rows.map((row) => row.slice(0, head.length)) }, options);
  const files = definition.overrides.filter((each) => !each.includes('='));
  const more = files.length === 0 ? '' : `\n${options.style.faint(`and by files: ${files.join(', ')}`)}`;
  return `${title}\n${table}${more}\n`;
}

export function paramsCsv({ definition }: RunRecord): string {
  return csvText(['parameter', 'value'], [...flatValues(definition.params)]);
}

function valueText(value: JsonValue): string {
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

/** `--set a.b=1` is recorded as `a.b=1`, a params file as its name. */
function givenNames(overrides: readonly string[]): ReadonlySet<string> {
  return new Set(overrides.flatMap((each) => (each.includes('=') ? [each.slice(0, each.indexOf('=')).trim()] : [])));
}
