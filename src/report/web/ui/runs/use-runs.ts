import { useEffect, useState } from 'preact/hooks';
import type { Refusal, RunsAnswer, RunsChange } from '../../../../ui/protocol.ts';
import { refusalOf, server } from '../server.ts';

type Runs = RunsAnswer['runs'];

interface SeenRuns {
  /** Newest first. */
  readonly runs?: Runs;
  readonly refusal?: Refusal;
}

/** All runs, and what changes of them as it does. */
export function useRuns(): SeenRuns {
  const [seen, setSeen] = useState<SeenRuns>({});
  useEffect(() => {
    const stop = new AbortController();
    // What changes while the list is on its way is applied to it when it is there.
    let runs: Runs | undefined;
    let early: readonly RunsChange[] = [];
    const end = server.watchRuns((change) => {
      if (runs === undefined) {
        early = [...early, change];
        return;
      }
      runs = changed(runs, change);
      setSeen({ runs });
    });
    server.runs(stop.signal).then(
      (answer) => {
        runs = early.reduce(changed, answer);
        setSeen({ runs });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setSeen({ refusal: refusalOf(error) });
      },
    );
    return () => {
      stop.abort();
      end();
    };
  }, []);
  return seen;
}

export function changed(runs: Runs, change: RunsChange): Runs {
  const fresh = new Map(change.runs.map((run) => [run.id, run]));
  const gone = new Set(change.gone);
  const known = new Set(runs.map(({ id }) => id));
  const kept = runs.filter(({ id }) => !gone.has(id)).map((run) => ({ ...run, ...fresh.get(run.id) }));
  const added = change.runs.filter(({ id }) => !known.has(id));
  return [...added, ...kept].sort((a, b) => (a.id < b.id ? 1 : -1));
}
