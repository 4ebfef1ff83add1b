/** Which runs a list shows, and in which order. Pure. */
import type { RunSummary } from '../../../../records/run-record.ts';

export interface RunsChoice {
  /** Part of the id, the name or the file. */
  readonly text: string;
  /** All of these are empty where anything will do. */
  readonly pipeline: string;
  readonly status: string;
  readonly order: RunOrder | '';
}

export type RunOrder = 'started' | '-started' | 'pipeline' | '-pipeline' | 'time' | '-time';

/** @param runs newest first */
export function chooseRuns(runs: readonly RunSummary[], choice: RunsChoice): readonly RunSummary[] {
  const { text, pipeline, status, order } = choice;
  const sought = text.trim().toLowerCase();
  const found = runs.filter(
    (run) =>
      (pipeline === '' || run.pipeline === pipeline) &&
      (status === '' || run.status === status) &&
      (sought === '' || [run.id, run.pipeline, run.file].some((each) => each.toLowerCase().includes(sought))),
  );
  if (order === '' || order === '-started') return found;
  if (order === 'started') return found.toReversed();
  const [by, way] = order.startsWith('-') ? [order.slice(1), -1] : [order, 1];
  return found.toSorted((a, b) => way * (by === 'time' ? byTime(a, b) : a.pipeline.localeCompare(b.pipeline)));
}

/** One that has not ended yet is the longest. */
function byTime(a: RunSummary, b: RunSummary): number {
  const [first, second] = [a.seconds ?? Infinity, b.seconds ?? Infinity];
  return first === second ? 0 : first - second;
}
