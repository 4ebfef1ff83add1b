/**
 * A line of a source as a terminal shows it: tabs become spaces, control characters become visible (an escape sequence in a
 * file must not reach the terminal), and every offset has its column.
 */
export interface ShownLine {
  readonly text: string;
  /** Terminal column, from 0, of each UTF-16 offset of the line, and of its end. */
  readonly columns: readonly number[];
}

const tabWidth = 4;

export function showLine(line: string): ShownLine {
  const columns: number[] = [];
  let text = '';
  let column = 0;
  for (const character of line) {
    const shown = showCharacter(character, column);
    columns.push(...Array<number>(character.length).fill(column));
    text += shown.text;
    column += shown.width;
  }
  columns.push(column);
  return { text, columns };
}

function showCharacter(character: string, column: number): { text: string; width: number } {
  if (character === '\t') {
    const width = tabWidth - (column % tabWidth);
    return { text: ' '.repeat(width), width };
  }
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return { text: String.fromCodePoint(0x2400 + code), width: 1 };
  if (hidden.test(character)) return { text: '\uFFFD', width: 1 };
  if (code < 0x300) return { text: character, width: 1 };
  if (zeroWidth.test(character)) return { text: character, width: 0 };
  return { text: character, width: isWide(code) ? 2 : 1 };
}

/** Controls beyond ASCII, lone surrogates, and what turns the direction of writing around (a line may not lie about itself). */
const hidden = /[\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]|\p{Surrogate}/u;
const zeroWidth = /\p{Mark}|[\u200B\u200C]|\u200D|[\uFE00-\uFE0F\uFEFF]/u;

/** First and last code points that take two columns: East Asian Width W and F of Unicode 16, neighbours joined, and emoji. */
const wide = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26aa, 0x26ab],
  [0x26bd, 0x26be],
  [0x26c4, 0x26c5],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2755],
  [0x2757, 0x2757],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b50],
  [0x2b55, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f18e],
  [0x1f191, 0x1f19a],
  [0x1f200, 0x1f320],
  [0x1f32d, 0x1f335],
  [0x1f337, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f90c, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
] as const;

function isWide(code: number): boolean {
  return wide.some(([first, last]) => code >= first && code <= last);
}
