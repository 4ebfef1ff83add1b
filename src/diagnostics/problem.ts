import type { SourceRange } from './source.ts';

/**
 * What can be wrong that a person can mend. The union is closed: docs/problems.md lists every code with an example.
 */
export type ProblemCode =
  // reading
  | 'file-missing'
  | 'file-unreadable'
  | 'file-too-large'
  | 'not-utf8'
  | 'empty-file'
  | 'yaml-syntax'
  | 'yaml-alias'
  | 'duplicate-key'
  | 'forbidden-key'
  // schema
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-value'
  // references
  | 'unknown-param'
  | 'unknown-axis'
  | 'bad-reference'
  | 'unknown-stage'
  | 'resource-lacking'
  | 'unknown-stage-type'
  | 'unknown-slot'
  | 'missing-slot'
  | 'wrong-slot-kind'
  | 'cycle'
  | 'bad-matrix'
  | 'output-clash'
  // what a stage type finds in its own options
  | 'bad-option'
  | 'shape-mismatch'
  | 'unknown-layer'
  // command line and project file
  | 'bad-flag'
  | 'project-file'
  // plugins
  | 'plugin-missing'
  | 'plugin-failed'
  | 'plugin-invalid'
  // running
  | 'backend-unavailable'
  | 'native-install'
  | 'input-missing'
  | 'input-changed'
  | 'output-missing'
  | 'output-unsafe'
  | 'stage-failed'
  | 'stage-crashed'
  | 'stage-cancelled'
  | 'stage-timeout'
  | 'not-a-number'
  | 'download-failed'
  | 'checksum-mismatch'
  | 'gate-missed'
  | 'audit-differs'
  | 'store-unusable'
  | 'remote-unusable'
  | 'engine-unusable'
  | 'unknown-run'
  | 'would-overwrite'
  | 'export-failed';

/** What is wrong, where, and what to do: something that a person caused and can mend. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence without a full stop: what was found, and what was expected. */
  readonly message: string;
  readonly where?: SourceRange;
  /** What to do. */
  readonly hint?: string;
  /** Other places that belong to it: each stage of a cycle, the first of two equal keys. */
  readonly related?: readonly { readonly message: string; readonly where: SourceRange }[];
}
