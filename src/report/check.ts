/** One thing that `doctor` looked at. `lacking`: pipelines run without it. `broken`: they do not. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'lacking' | 'broken';
  /** What was found, and why it is so. */
  readonly found: string;
  /** The one command that repairs it, or what to do where there is none. */
  readonly remedy?: string;
}
