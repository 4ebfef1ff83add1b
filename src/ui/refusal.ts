import type { Problem } from '../diagnostics/problem.ts';
import { eventProblem } from '../engine/stage-problem.ts';
import type { Refusal } from './protocol.ts';

/** @param problems one at least */
export function refusalOf(problems: readonly Problem[]): Refusal {
  const [first = { message: 'it was refused' }, ...more] = problems.map((problem) => {
    const { message, hint, where } = eventProblem(problem);
    return { message, ...(hint === undefined ? {} : { hint }), ...(where === undefined ? {} : { where }) };
  });
  return more.length === 0 ? first : { ...first, more };
}
