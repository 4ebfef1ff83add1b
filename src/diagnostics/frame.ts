import { styleText } from 'node:util';
import { formatPlace, isFlag, lineColumn, lineText } from './position.ts';
import type { Problem } from './problem.ts';
import type { SourceRange } from './source.ts';
import { showLine } from './width.ts';

export interface FrameOptions {
  readonly color: boolean;
}

/**
 * A problem for a terminal: the message, the place, its line with the range underlined, what to do, and related places.
 *
 *     error[unknown-key]: "epoch" is not a key of train-student
 *       --> pipelines/mnist-distill.yaml:41:7
 *        |
 *     41 |       epoch: 5
 *        |       ^^^^^
 *        = did you mean "epochs"?
 *
 * @returns lines without a break at the end; escape sequences only with `color`
 * @throws nothing
 */
export function renderProblem(problem: Problem, options: FrameOptions): string {
  const paint = painter(options.color);
  const related = problem.related ?? [];
  const gutter = gutterWidth([problem.where, ...related.map((place) => place.where)]);
  const lines = [
    `${paint(['bold', 'red'], `error[${problem.code}]`)}${paint('bold', `: ${printable(problem.message)}`)}`,
  ];
  if (problem.where !== undefined) lines.push(...frame(problem.where, { gutter, paint, mark: '^', color: 'red' }));
  const hint = problem.hint?.split('\n') ?? [];
  lines.push(
    ...hint.map((line, index) => `${edge(gutter, paint, index === 0 ? '=' : ' ')} ${paint('cyan', printable(line))}`),
  );
  for (const { message, where } of related) {
    lines.push(`${paint(['bold', 'blue'], 'note')}: ${printable(message)}`);
    lines.push(...frame(where, { gutter, paint, mark: '-', color: 'blue' }));
  }
  return lines.join('\n');
}

interface FrameStyle {
  readonly gutter: number;
  readonly paint: Paint;
  readonly mark: string;
  readonly color: 'red' | 'blue';
}

function frame(range: SourceRange, style: FrameStyle): string[] {
  const { gutter, paint, mark, color } = style;
  const { line, column } = lineColumn(range.source, range.start);
  const start = column - 1;
  // A range over several lines is underlined to the end of its first one.
  const shown = around(lineText(range.source, line), start, start + range.end - range.start);
  const flag = isFlag(range.source);
  const number = flag ? '' : String(line);
  return [
    `${' '.repeat(gutter)}${paint('blue', '-->')} ${flag ? 'the command line' : printable(formatPlace(range))}`,
    edge(gutter, paint, '|'),
    `${paint('blue', `${number.padStart(gutter)} |`)} ${shown.text}`.trimEnd(),
    `${edge(gutter, paint, '|')} ${' '.repeat(shown.start)}${paint(color, mark.repeat(shown.end - shown.start))}`,
  ];
}

const widest = 120;
const lead = 40;

/** The line as shown, cut around the place where it is too long to show, with the terminal columns of the place. */
function around(line: string, start: number, end: number): { text: string; start: number; end: number } {
  const from = line.length <= widest ? 0 : Math.max(0, Math.min(start - lead, line.length - widest));
  const to = Math.min(line.length, from + widest);
  const { text, columns } = showLine(line.slice(from, to));
  const before = from > 0 ? '…' : '';
  const first = before.length + (columns[Math.min(start, to) - from] ?? 0);
  const last = before.length + (columns[Math.min(end, to) - from] ?? 0);
  return { text: `${before}${text}${to < line.length ? '…' : ''}`, start: first, end: Math.max(last, first + 1) };
}

function gutterWidth(ranges: readonly (SourceRange | undefined)[]): number {
  const numbers = ranges.map((range) => (range === undefined ? 1 : lineColumn(range.source, range.start).line));
  return Math.max(...numbers.map((number) => String(number).length)) + 1;
}

function edge(gutter: number, paint: Paint, sign: string): string {
  return `${' '.repeat(gutter)} ${paint('blue', sign)}`;
}

/** Names of files and keys come from outside: what they hold must not steer the terminal. */
function printable(text: string): string {
  return showLine(text).text;
}

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

function painter(color: boolean): Paint {
  // The caller has decided about colour; styleText's own look at stdout (from Node 22 on) would decide again.
  return color ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text;
}
