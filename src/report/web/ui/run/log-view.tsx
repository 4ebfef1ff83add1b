import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Refusal } from '../../../../ui/protocol.ts';
import { formatBytes } from '../../../format.ts';
import { linkTo } from '../address.ts';
import { replaceAddress, useAddress } from '../use-address.ts';
import { Refused, Waiting } from '../answered.tsx';
import { refusalOf, server } from '../server.ts';
import type { LiveRun } from './live-run.ts';

/** What a stage printed, to its end, and what it prints while it runs. */
export function LogView({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const { query } = useAddress();
  const { id: run, stages } = record;
  const begun = stages.filter(({ status }) => !['pending', 'reused', 'skipped'].includes(status));
  const asked = query.get('stage');
  const chosen = asked ?? begun.find(({ status }) => status === 'failed')?.id ?? begun.at(-1)?.id;
  if (chosen === undefined) {
    return <p class="card soft">No stage of this run has printed anything: what is reused does not run.</p>;
  }
  return (
    <div class="stack">
      <label class="field">
        stage
        <select
          value={chosen}
          onChange={(event) => {
            replaceAddress(linkTo(['runs', run, 'logs'], { stage: event.currentTarget.value }));
          }}
        >
          {stages.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <Log
        key={chosen}
        run={run}
        stage={chosen}
        runs={stages.some(({ id, status }) => id === chosen && status === 'running')}
      />
    </div>
  );
}

interface LogState {
  readonly text: string;
  /** Bytes before it. */
  readonly left: number;
}

/** @param runs whether more may come */
function Log({
  run,
  stage,
  runs,
}: {
  readonly run: string;
  readonly stage: string;
  readonly runs: boolean;
}): JSX.Element {
  const [log, setLog] = useState<LogState>();
  const [refusal, setRefusal] = useState<Refusal>();
  const next = useRef<number>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const look = async (): Promise<void> => {
      const answer = await server.log(run, stage, next.current ?? -MOST_BYTES, stop.signal);
      if (stop.signal.aborted) return;
      const isFirst = next.current === undefined;
      next.current = answer.next;
      setLog((before) => ({
        text: `${before?.text ?? ''}${answer.text}`.slice(-2 * MOST_BYTES),
        left: isFirst ? Math.max(0, answer.size - MOST_BYTES) : (before?.left ?? 0),
      }));
    };
    const ask = (): void => {
      look().catch((error: unknown) => {
        if (!stop.signal.aborted) setRefusal(refusalOf(error));
      });
    };
    ask();
    const timer = runs ? setInterval(ask, 1000) : undefined;
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [run, stage, runs]);
  const place = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (runs) place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [log, runs]);
  if (refusal !== undefined) return <Refused refusal={refusal} />;
  if (log === undefined) return <Waiting />;
  return (
    <>
      {log.left === 0 ? null : (
        <p class="small soft">
          The last {formatBytes(MOST_BYTES)}; {formatBytes(log.left)} stand before it.
        </p>
      )}
      {log.text === '' ? (
        <p class="card soft">It has printed nothing{runs ? ' yet' : ''}.</p>
      ) : (
        <pre ref={place} tabIndex={0} role="log" aria-label={`what ${stage} printed`} style={{ maxHeight: '70vh' }}>
          {log.text}
        </pre>
      )}
    </>
  );
}

const MOST_BYTES = 200_000;
