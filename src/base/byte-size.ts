/** `20GiB`, `1.5 GB`, `500 MiB`, `4096`: bytes; undefined where it is no size. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]i?b?|b)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const letter = unit.charAt(0).toLowerCase();
  const power = letter === '' || letter === 'b' ? 0 : 'kmgtp'.indexOf(letter) + 1;
  // `GiB`, and a mere `G` as du writes it, are powers of 1024; `GB` is one of 1000.
  const base = /^.i|^.$/i.test(unit) ? 1024 : 1000;
  const bytes = Math.round(Number(number) * base ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
