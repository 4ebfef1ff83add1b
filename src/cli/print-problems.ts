import { renderProblem } from '../diagnostics/frame.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { counted, formatCount } from '../report/format.ts';
import { problemJson } from '../report/problem-json.ts';
import { exitCodes } from './exit-codes.ts';
import { layoutOf, type Terminal } from './terminal.ts';

/** Problems as frames on stderr, the first of them; with `--json` all as one line on stdout instead. @returns the exit code */
export function printProblems(
  terminal: Terminal,
  problems: readonly Problem[],
  options: { json?: boolean } = {},
): number {
  if (options.json === true) {
    terminal.stdout.write(`${JSON.stringify({ type: 'problems', problems: problems.map(problemJson) })}\n`);
    return exitCodes.wrong;
  }
  const { style } = layoutOf(terminal, terminal.stderr);
  const frames = problems.slice(0, MOST_SHOWN).map((problem) => renderProblem(problem, { color: style.color }));
  if (problems.length > MOST_SHOWN) frames.push(`and ${formatCount(problems.length - MOST_SHOWN)} more`);
  if (problems.length > 1) frames.push(counted(problems.length, 'problem'));
  terminal.stderr.write(`${frames.join('\n\n')}\n`);
  return exitCodes.wrong;
}

/** Who mends so many will ask again; one mistake may repeat itself in thousands of stages. */
const MOST_SHOWN = 50;
