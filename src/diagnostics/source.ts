/** A text that a person wrote: a file, or a flag of the command line. */
export interface Source {
  /** As the person would name it: a path as typed, or `--set temperature=8`. */
  readonly name: string;
  readonly text: string;
}

/** A stretch of a source. Offsets count UTF-16 code units; `end` is the first one after it. */
export interface SourceRange {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** Where the value at this place was written, if it was filled in from elsewhere: the `params` line or the `--set` flag of `${…}`. */
  readonly writtenAt?: SourceRange;
}

/** A place in a source for people: both count from 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}
