import { useEffect, useState } from 'preact/hooks';
import type { Refusal, RunsAnswer, RunsChange } from '../../../../ui/protocol.ts';
import { noServer, refusalOf, server } from '../server.ts';
import { changed } from './changed-runs.ts';

interface SeenRuns {
  /** Newest first. */
  readonly runs?: RunsAnswer['runs'];
  readonly refusal?: Refusal;
}

/** All runs, and what changes of them as it does. */
export function useRuns(): SeenRuns {
  const [seen, setSeen] = useState<SeenRuns>({});
  useEffect(() => {
    const stop = new AbortController();
    let runs: RunsAnswer['runs'] | undefined;
    // What changes while the list is on its way is applied to it when it is there.
    let early: readonly RunsChange[] = [];
    let isLost = false;
    const ask = (): void => {
      runs = undefined;
      early = [];
      server.runs(stop.signal).then(
        (answer) => {
          runs = early.reduce(changed, answer);
          setSeen({ runs });
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setSeen((before) => ({ ...before, refusal: refusalOf(error) }));
        },
      );
    };
    const end = server.watchRuns({
      changed(change) {
        if (runs === undefined) {
          early = [...early, change];
          return;
        }
        runs = changed(runs, change);
        setSeen({ runs });
      },
      opened() {
        if (isLost) ask();
        isLost = false;
      },
      lost() {
        isLost = true;
        setSeen((before) => ({ ...before, refusal: noServer }));
      },
    });
    ask();
    return () => {
      stop.abort();
      end();
    };
  }, []);
  return seen;
}
