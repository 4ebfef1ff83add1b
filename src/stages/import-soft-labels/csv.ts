import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Table } from './table.ts';

/**
 * A line a row, numbers between commas, semicolons or tabs. A first line without any number names the columns, and is passed over.
 * @returns what is wrong as the rest of a sentence that begins with the file's name
 */
export function parseCsv(bytes: Uint8Array): Result<Table, string> {
  const text = new TextDecoder().decode(bytes);
  if (text.includes('\0')) return failure('is neither a .npy file nor CSV');
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const separator = [';', '\t', ','].find((candidate) => lines[0]?.includes(candidate)) ?? ',';
  const first = lines[0]?.split(separator).every((cell) => numberIn(cell) === undefined) === true ? 1 : 0;
  if (lines.length <= first) return failure('holds no numbers');
  const columns = (lines[first] ?? '').split(separator).length;
  const values = new Float64Array((lines.length - first) * columns);
  for (let index = first; index < lines.length; index++) {
    const cells = (lines[index] ?? '').split(separator);
    if (cells.length !== columns) {
      return failure(`has ${cells.length} numbers in line ${index + 1}, and ${columns} in line ${first + 1}`);
    }
    for (const [column, cell] of cells.entries()) {
      const value = numberIn(cell);
      if (value === undefined)
        return failure(`has ${JSON.stringify(cell)} in line ${index + 1}, where a number is expected`);
      values[(index - first) * columns + column] = value;
    }
  }
  return success({ shape: columns === 1 ? [values.length] : [values.length / columns, columns], values });
}

/** A cell may be quoted; `nan` and `inf` are numbers that are refused where they are looked at. */
function numberIn(cell: string): number | undefined {
  const text = cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
  if (/^nan$/i.test(text)) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
