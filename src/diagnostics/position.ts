import type { LineColumn, Source, SourceRange } from './source.ts';

/** The place of an offset, both counted from 1; columns count UTF-16 code units, as editors do. */
export function lineColumn(source: Source, offset: number): LineColumn {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.min(offset, source.text.length) - (starts[low] ?? 0) + 1 };
}

/** `pipelines/mnist-distill.yaml:21:7`, as terminals and editors make links of; a flag of the command line is its own place. */
export function formatPlace(range: SourceRange): string {
  if (isFlag(range.source)) return range.source.name;
  const { line, column } = lineColumn(range.source, range.start);
  return `${range.source.name}:${line}:${column}`;
}

/** A flag of the command line is a source whose name is its whole text: `--set temperature=8`. */
export function isFlag(source: Source): boolean {
  return source.name === source.text;
}

/** The text of a line, counted from 1, without its line break. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source);
  const start = starts[line - 1] ?? source.text.length;
  const end = starts[line] ?? source.text.length;
  return source.text.slice(start, end).replace(/\r?\n$/, '');
}

const known = new WeakMap<Source, readonly number[]>();

/** Kept by source: a file with a thousand problems is searched for line breaks once. */
function lineStarts(source: Source): readonly number[] {
  const before = known.get(source);
  if (before !== undefined) return before;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1)) starts.push(at + 1);
  known.set(source, starts);
  return starts;
}
