import type { RunsAnswer, RunsChange } from '../../../../ui/protocol.ts';

type Runs = RunsAnswer['runs'];

/** A list with what changed of it, newest first. Pure. */
export function changed(runs: Runs, change: RunsChange): Runs {
  const fresh = new Map(change.runs.map((run) => [run.id, run]));
  const gone = new Set(change.gone);
  const known = new Set(runs.map(({ id }) => id));
  const kept = runs.filter(({ id }) => !gone.has(id)).map((run) => ({ ...run, ...fresh.get(run.id) }));
  const added = change.runs.filter(({ id }) => !known.has(id));
  return [...added, ...kept].sort((a, b) => (a.id < b.id ? 1 : -1));
}
