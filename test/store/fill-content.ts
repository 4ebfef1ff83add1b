export const RESULTS = Array.from({ length: 10 }, (_, n) => `result-${n}`);

/** Path -> text; one file is the same in all of them. */
export function contentOf(name: string): Readonly<Record<string, string>> {
  return { small: name, large: `${name} `.repeat(20_000), 'sub/shared': 'shared' };
}
