import type { Output } from './sink.ts';

/** Colours by what they are for: a sink says what a word is, not how it looks. */
export interface Style {
  readonly color: boolean;
  heading(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warning(text: string): string;
  name(text: string): string;
}

export function makeStyle(color: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    color,
    heading: paint(1, 22),
    faint: paint(2, 22),
    good: paint(32, 39),
    bad: paint(31, 39),
    warning: paint(33, 39),
    name: paint(36, 39),
  };
}

/** `FORCE_COLOR` decides, then `NO_COLOR` (no-color.org), then whether it is a terminal that can. */
export function wantsColor(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return output.isTTY === true && env['TERM'] !== 'dumb';
}
