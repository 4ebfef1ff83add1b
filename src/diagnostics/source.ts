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
}

/** A place in a source for people: both count from 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}
