/** A curve in one line of characters, from its smallest value to its largest; of more values than there is room for, means of neighbours. */
export function sparkline(values: readonly number[], width: number): string {
  const count = Math.min(values.length, width);
  const points = Array.from({ length: count }, (_, index) => {
    const own = values.slice(
      Math.floor((index * values.length) / count),
      Math.floor(((index + 1) * values.length) / count),
    );
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  const finite = points.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return points
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const height = most > least ? (value - least) / (most - least) : 0;
      return LEVELS[Math.round(height * (LEVELS.length - 1))] ?? ' ';
    })
    .join('');
}

const LEVELS = '▁▂▃▄▅▆▇█';
