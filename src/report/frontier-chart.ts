/** Accuracy against cost as characters: each model a letter, those that no other beats in capitals. */
import { formatFigure } from './format.ts';
import { formatCost, type Frontier } from './frontier.ts';

/** Rows between the axis and the top, and columns at most. */
const HEIGHT = 10;
const WIDEST = 64;
const NARROWEST = 30;

/** The letter of each model, in the order of the table; undefined where they are too many to be told apart. */
export function chartMarks({ models }: Frontier): readonly string[] | undefined {
  return models.length > 26 ? undefined : models.map((_, index) => String.fromCharCode(97 + index));
}

/**
 * @param cost from cheap to dear, each step as many times as dear as the one before
 * @returns undefined where there is nothing to see, or no room
 */
export function frontierChart(frontier: Frontier, cost: string, width: number): string | undefined {
  const marks = chartMarks(frontier);
  const points = frontier.models.flatMap((model, index) => {
    const value = model.costs[cost];
    const mark = marks?.[index];
    if (value === undefined || value <= 0 || mark === undefined) return [];
    return [
      { value, x: Math.log(value), y: model.accuracy, mark: model.best.includes(cost) ? mark.toUpperCase() : mark },
    ];
  });
  const across = scale(points.map(({ x }) => x));
  const up = scale(points.map(({ y }) => y));
  if (points.length < 3 || across === undefined || up === undefined) return undefined;
  const labels = [up.most, up.least].map((value) => formatFigure('accuracy', value));
  const margin = Math.max(...labels.map((label) => label.length));
  const columns = Math.min(WIDEST, width - margin - 3);
  if (columns < NARROWEST) return undefined;
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(columns).fill(' '));
  // The first of two models in one place is seen: one that no other beats, if there is one.
  const order = [...points].sort((a, b) => Number(isCapital(a.mark)) - Number(isCapital(b.mark)));
  for (const { x, y, mark } of order) {
    const line = grid[HEIGHT - 1 - Math.round(up.at(y) * (HEIGHT - 1))];
    if (line !== undefined) line[Math.round(across.at(x) * (columns - 1))] = mark;
  }
  const side = (row: number): string => (row === 0 ? labels[0] : row === HEIGHT - 1 ? labels[1] : '') ?? '';
  const lines = grid.map((line, row) => `${side(row).padStart(margin)} │${line.join('')}`.trimEnd());
  const values = points.map(({ value }) => value);
  const [cheap, dear] = [Math.min(...values), Math.max(...values)].map((value) => formatCost(cost, value));
  const ends = `${cheap ?? ''}${(dear ?? '').padStart(columns - (cheap ?? '').length)}`;
  return [...lines, `${' '.repeat(margin)} └${'─'.repeat(columns)}`, `${' '.repeat(margin + 2)}${ends}`].join('\n');
}

function isCapital(mark: string): boolean {
  return mark !== mark.toLowerCase();
}

/** Undefined where all are one. */
function scale(
  values: readonly number[],
): { readonly least: number; readonly most: number; readonly at: (value: number) => number } | undefined {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!(most > least)) return undefined;
  return { least, most, at: (value) => (value - least) / (most - least) };
}
