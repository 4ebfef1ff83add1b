import type { EventProblem } from '../core/event.ts';
import { formatPlace } from '../diagnostics/position.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** A problem without the text of its source. */
export function eventProblem({ code, message, hint, where }: Problem): EventProblem {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where: formatPlace(where) }),
  };
}
