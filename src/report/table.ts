import type { Style } from './style.ts';
import { padEnd, padStart, textWidth } from './text-width.ts';

export interface TableContent {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, from 0. */
  readonly right?: readonly number[];
  /** Columns that stay whole, from 0: of what is to be copied, a part is of no use. */
  readonly whole?: readonly number[];
}

const gap = 2;
const narrowest = 8;

/**
 * Text of a table, without a final line break. Where it is wider than `width`, its widest columns wrap.
 * @param options.width in characters; infinity for no limit
 */
export async function renderTable(content: TableContent, options: { style: Style; width: number }): Promise<string> {
  const natural = naturalWidths(content);
  const fitting = fittingWidths(natural, options.width, content.whole);
  // A style that went on to the next line would go through the cells beside it.
  const heading = (text: string): string =>
    text
      .split('\n')
      .map((line) => options.style.heading(line))
      .join('\n');
  const head = content.head.map(heading);
  const whole = { ...content, head };
  const text = fitting === natural ? unwrapped(whole, natural) : await wrapped(whole, fitting);
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What fits needs no library, whose loading would be most of what a run with nothing to do takes. */
function unwrapped(content: TableContent, widths: readonly number[]): string {
  return [content.head, ...content.rows]
    .flatMap((row) => {
      const cells = row.map((cell) => cell.split('\n'));
      const height = Math.max(...cells.map((lines) => lines.length));
      return Array.from({ length: height }, (_, line) =>
        cells.map((lines, column) => {
          const pad = isRight(content, column) ? padStart : padEnd;
          return pad(lines[line] ?? '', widths[column] ?? 0);
        }),
      );
    })
    .map((cells) => cells.join(' '.repeat(gap)))
    .join('\n');
}

async function wrapped(content: TableContent, widths: readonly number[]): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: [...content.head],
    colWidths: widths.map((width) => width + gap),
    colAligns: content.head.map((_, column) => (isRight(content, column) ? 'right' : 'left')),
    wordWrap: true,
    chars: { ...noLines },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });
  for (const row of content.rows) table.push([...row]);
  return table.toString();
}

function isRight(content: TableContent, column: number): boolean {
  return content.right?.includes(column) === true;
}

function naturalWidths(content: TableContent): readonly number[] {
  return content.head.map((head, column) =>
    Math.max(longestLine(head), ...content.rows.map((row) => longestLine(row[column] ?? ''))),
  );
}

/** While the sum does not fit, the widest column gives way. @returns the same list where all fits */
function fittingWidths(natural: readonly number[], width: number, whole: readonly number[] = []): readonly number[] {
  let excess = natural.reduce((sum, each) => sum + each + gap, -gap) - width;
  if (excess <= 0) return natural;
  const widths = [...natural];
  while (excess > 0) {
    const yielding = widths.map((each, column) => (whole.includes(column) ? 0 : each));
    const widest = yielding.indexOf(Math.max(...yielding));
    const now = widths[widest] ?? 0;
    if (now <= narrowest || whole.includes(widest)) break;
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
