import type { Style } from './style.ts';
import { textWidth } from './text-width.ts';

export interface TableContent {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, from 0. */
  readonly right?: readonly number[];
}

const gap = 2;
const narrowest = 8;

/**
 * Text of a table, without a final line break. Where it is wider than `width`, its widest columns wrap.
 * @param options.width in characters; infinity for no limit
 */
export async function renderTable(content: TableContent, options: { style: Style; width: number }): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: content.head.map((text) => options.style.heading(text)),
    colWidths: columnWidths(content, options.width).map((width) => width + gap),
    colAligns: content.head.map((_, column) => (content.right?.includes(column) === true ? 'right' : 'left')),
    wordWrap: true,
    chars: { ...noLines },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });
  for (const row of content.rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Natural widths, and while the sum does not fit, the widest column gives way. */
function columnWidths(content: TableContent, width: number): number[] {
  const widths = content.head.map((head, column) =>
    Math.max(textWidth(head), ...content.rows.map((row) => longestLine(row[column] ?? ''))),
  );
  let excess = widths.reduce((sum, each) => sum + each + gap, -gap) - width;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= narrowest) break;
    widths[widest] = now - 1;
    excess -= 1;
  }
  return widths;
}

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map(textWidth));
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
