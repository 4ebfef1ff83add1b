import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Refusal } from '../../../ui/protocol.ts';
import { refusalOf, type Server, server } from './server.ts';

/** What came of a question to the server: nothing yet, an answer, or a refusal; after an answer, both may be there. */
export interface Asked<Answer> {
  readonly answer?: Answer;
  readonly refusal?: Refusal;
  /** Asks anew. */
  readonly again: () => void;
}

interface AskedOptions {
  /** Milliseconds, while the page is seen. */
  readonly every?: number;
  /** What the question depends on: it is asked anew where one of them changes. */
  readonly of?: readonly unknown[];
}

export function useAsked<Answer>(
  question: (asked: Server, signal: AbortSignal) => Promise<Answer>,
  { every, of = [] }: AskedOptions = {},
): Asked<Answer> {
  const [state, setState] = useState<Omit<Asked<Answer>, 'again'>>({});
  const [times, setTimes] = useState(0);
  useEffect(() => {
    setState({});
  }, of);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const answer = await question(server, stop.signal);
        if (!stop.signal.aborted) setState({ answer });
      } catch (error) {
        if (!stop.signal.aborted) setState((before) => ({ ...before, refusal: refusalOf(error) }));
      }
    };
    void ask();
    const timer =
      every === undefined
        ? undefined
        : setInterval(() => {
            if (document.visibilityState === 'visible') void ask();
          }, every);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [times, every, ...of]);
  const again = useCallback(() => {
    setTimes((before) => before + 1);
  }, []);
  return { ...state, again };
}
