import type { RunPage } from './run-page.ts';

/** What the report carries, as JSON in the page. */
export interface ReportData {
  /** Of the program that made it. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly made: string;
  /** As they were asked for. */
  readonly runs: readonly RunPage[];
}
