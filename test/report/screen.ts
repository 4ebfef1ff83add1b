import type { Output } from '../../src/report/sink.ts';

/** A terminal small enough to read: understands what a list that redraws itself writes, and keeps what scrolled away. */
export interface TestScreen extends Output {
  /** Every line that a person sees or can scroll up to, without colours. */
  lines(): string[];
  cursorHidden(): boolean;
}

/** Sequences: erase line (K), cursor up (A), to column (G), show and hide (?25h, ?25l), colours (m). */
// eslint-disable-next-line no-control-regex -- a terminal reads them
const sequence = /\u001b\[(\??)(\d*)(?:;\d+)*([A-Za-z])/y;

export function testScreen(columns: number, rows: number): TestScreen {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  let hidden = false;

  function put(character: string): void {
    if (column === columns) newLine();
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  }

  function newLine(): void {
    row += 1;
    column = 0;
    if (row === lines.length) lines.push('');
  }

  function control(count: string, letter: string): void {
    // What has scrolled away cannot be reached again.
    if (letter === 'A') row = Math.max(row - Number(count || 1), Math.max(0, lines.length - rows));
    else if (letter === 'G') column = Number(count || 1) - 1;
    else if (letter === 'K') lines[row] = '';
    else if (letter === 'l') hidden = true;
    else if (letter === 'h') hidden = false;
    else if (letter !== 'm') throw new Error(`a sequence that this terminal does not know: ${letter}`);
  }

  return {
    isTTY: true,
    columns,
    rows,
    write(text) {
      for (let at = 0; at < text.length;) {
        sequence.lastIndex = at;
        const found = sequence.exec(text);
        if (found !== null) {
          control(found[2] ?? '', found[3] ?? '');
          at = sequence.lastIndex;
          continue;
        }
        const character = text[at] ?? '';
        if (character === '\n') newLine();
        else if (character === '\r') column = 0;
        else put(character);
        at += 1;
      }
      return true;
    },
    lines: () =>
      lines
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd()
        .split('\n'),
    cursorHidden: () => hidden,
  };
}
