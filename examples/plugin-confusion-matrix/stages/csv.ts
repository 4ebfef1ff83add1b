/** A table with the true class in front of each row and the predicted ones on top. */
export function toCsv(rows: readonly (readonly number[])[]): string {
  const head = ['true', ...rows.map((_row, predicted) => String(predicted))];
  const lines = rows.map((row, actual) => [String(actual), ...row.map(String)]);
  return `${[head, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
