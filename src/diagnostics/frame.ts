import { formatPlace } from './position.ts';
import type { Problem } from './problem.ts';

export interface FrameOptions {
  readonly color: boolean;
}

/** A problem for a terminal: message, place, the line with the range underlined, related places, hint. No line break at the end. */
export function renderProblem(problem: Problem, options: FrameOptions): string {
  void options;
  return `error[${problem.code}]: ${problem.message}${problem.where === undefined ? '' : `\n  --> ${formatPlace(problem.where)}`}`;
}
