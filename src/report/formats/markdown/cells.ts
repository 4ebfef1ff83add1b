import { oneLine } from '../../format.ts';

/**
 * Text of others as GitHub-flavoured Markdown's code: no markup, mention or link in it works. A span is fenced by more backticks than it
 * holds.
 */
export function code(text: string): string {
  const plain = oneLine(text);
  if (plain.trim() === '') return '';
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}

/** The same as a block, for texts of several lines. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

export interface MarkdownTable {
  readonly head: readonly string[];
  /** Cells are Markdown already. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, from 0. */
  readonly right?: readonly number[];
}

/** Beyond so many rows a summary is no summary, and GitHub takes 64 KiB of a comment. */
const mostRows = 60;

export function markdownTable({ head, rows, right = [] }: MarkdownTable): string {
  // A bar ends a cell even where it is code.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const marks = head.map((_, column) => (right.includes(column) ? '---:' : '---'));
  const shown = rows.slice(0, mostRows).map(line);
  const more = rows.length > mostRows ? [`\n… and ${rows.length - mostRows} more`] : [];
  return [line(head), line(marks), ...shown, ...more].join('\n');
}

/** Folded up until somebody clicks. GitHub reads Markdown inside only after an empty line. */
export function details(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
