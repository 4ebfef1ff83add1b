import type { JsonValue } from '../base/json.ts';

/** RFC 4180, but for its line ends: a line a row, numbers in full, lists and mappings as JSON; what is absent is empty. */
export function csvText(head: readonly string[], rows: readonly (readonly (JsonValue | undefined)[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cellText).join(',')}\n`).join('');
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
