import type { Problem } from './problem.ts';
import type { SourceRange } from './source.ts';

/** Where a value filled in from elsewhere was written, as a related place of a problem with it. */
export function originOf(range: SourceRange): Pick<Problem, 'related'> {
  if (range.writtenAt === undefined) return {};
  return { related: [{ message: 'the value was written here', where: range.writtenAt }] };
}
