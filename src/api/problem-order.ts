import type { Problem } from '../diagnostics/problem.ts';
import type { Source } from '../diagnostics/source.ts';

/** Each problem once: first those without a place, then source by source, top to bottom. */
export function inOrderOfPlace(problems: readonly Problem[]): readonly Problem[] {
  const sources: (Source | undefined)[] = [undefined];
  for (const { where } of problems) if (!sources.includes(where?.source)) sources.push(where?.source);
  const place = ({ where }: Problem): number => sources.indexOf(where?.source);
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const identity = `${place(problem)} ${problem.where?.start ?? ''} ${problem.code} ${problem.message}`;
      return !seen.has(identity) && seen.add(identity);
    })
    .sort((a, b) => place(a) - place(b) || (a.where?.start ?? 0) - (b.where?.start ?? 0));
}
