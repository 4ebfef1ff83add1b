import type { Problem } from './problem.ts';

/** What is wrong with one of several that were made of the same lines. */
export interface VariantProblem {
  readonly problem: Problem;
  /** Which one, as messages call it. */
  readonly variant: string;
}

/**
 * What is wrong with all of them is told once, as if there were one; what is wrong with some names the first.
 * @param count how many there are
 */
export function toldOnce(found: readonly VariantProblem[], count: number): Problem[] {
  const alike = new Map<string, { problem: Problem; variants: Set<string> }>();
  for (const { problem, variant } of found) {
    const { code, message, where } = problem;
    const key = JSON.stringify([code, message, where?.source.name, where?.start, where?.end]);
    const told = alike.get(key) ?? { problem, variants: new Set() };
    told.variants.add(variant);
    alike.set(key, told);
  }
  return [...alike.values()].map(({ problem, variants }) => {
    if (variants.size === count) return problem;
    const [first = ''] = variants;
    const more = variants.size > 1 ? ` and ${variants.size - 1} more` : '';
    return { ...problem, message: `${problem.message}, in ${first}${more}` };
  });
}
