/** The text without colours. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- colours are control characters
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** Columns that the text takes; one per code point, which is right for what this program prints. */
export function textWidth(text: string): number {
  return Array.from(plainText(text)).length;
}

/** The text cut to so many columns, with an ellipsis where something was cut. Only for text without colours. */
export function fitText(text: string, columns: number): string {
  const characters = Array.from(text);
  if (characters.length <= columns) return text;
  return columns < 1 ? '' : `${characters.slice(0, columns - 1).join('')}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
}
