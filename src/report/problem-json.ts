import { isFlag, lineColumn } from '../diagnostics/position.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';

/** A place as programs read it; an editor can put a mark there. */
interface PlaceJson {
  /** A path as typed, or the flag of the command line. */
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export interface ProblemJson {
  readonly code: Problem['code'];
  readonly message: string;
  readonly hint?: string;
  readonly where?: PlaceJson;
  readonly related?: readonly { readonly message: string; readonly where: PlaceJson }[];
}

/** A problem for `--json`: all but the text of the source. */
export function problemJson(problem: Problem): ProblemJson {
  const { code, message, hint, where, related } = problem;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where: placeJson(where) }),
    ...(related === undefined
      ? {}
      : { related: related.map((each) => ({ message: each.message, where: placeJson(each.where) })) }),
  };
}

function placeJson({ source, start, end }: SourceRange): PlaceJson {
  if (isFlag(source)) return { source: source.name };
  const first = lineColumn(source, start);
  const last = lineColumn(source, end);
  return {
    source: source.name,
    line: first.line,
    column: first.column,
    endLine: last.line,
    endColumn: last.column,
  };
}
