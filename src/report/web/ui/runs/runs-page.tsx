import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { RunSummary } from '../../../../records/run-record.ts';
import { counted, formatSeconds } from '../../../format.ts';
import { linkTo } from '../address.ts';
import { queryNow, replaceAddress, useAddress } from '../use-address.ts';
import { Refused, Waiting } from '../answered.tsx';
import { Chip, StageBar, Title, When } from '../pieces.tsx';
import { runSigns } from '../signs.ts';
import { useRuns } from './use-runs.ts';
import { chooseRuns, type RunOrder, type RunsChoice } from './choose-runs.ts';

/** All runs, newest first, and the way to one of them or to a comparison of several. */
export function RunsPage(): JSX.Element {
  const { runs, refusal } = useRuns();
  return (
    <>
      <Title name="Runs" />
      {refusal === undefined ? null : <Refused refusal={refusal} />}
      {runs === undefined ? <Waiting /> : <Runs runs={runs} />}
    </>
  );
}

function Runs({ runs }: { readonly runs: readonly RunSummary[] }): JSX.Element {
  const { query } = useAddress();
  const [shown, setShown] = useState(PAGE);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const choice = choiceOf(query);
  const chosen = useMemo(() => chooseRuns(runs, choice), [runs, query.toString()]);
  const pipelines = useMemo(() => [...new Set(runs.map(({ pipeline }) => pipeline))].sort(), [runs]);
  const ask = (change: Partial<Record<keyof RunsChoice, string>>): void => {
    setShown(PAGE);
    replaceAddress(linkTo([], { ...choiceOf(queryNow()), ...change }));
  };
  if (runs.length === 0) return <NoRuns />;
  return (
    <>
      <form
        class="row"
        role="search"
        aria-label="runs"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label class="field">
          <span class="unseen">find</span>
          <input
            type="search"
            placeholder="find by name or id"
            value={choice.text}
            onInput={(event) => {
              ask({ text: event.currentTarget.value });
            }}
          />
        </label>
        <label class="field">
          pipeline
          <select
            value={choice.pipeline}
            onChange={(event) => {
              ask({ pipeline: event.currentTarget.value });
            }}
          >
            <option value="">any</option>
            {pipelines.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          status
          <select
            value={choice.status}
            onChange={(event) => {
              ask({ status: event.currentTarget.value });
            }}
          >
            <option value="">any</option>
            {Object.entries(runSigns).map(([status, { word }]) => (
              <option key={status} value={status}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <span class="soft small" role="status">
          {chosen.length === runs.length
            ? counted(runs.length, 'run')
            : `${chosen.length} of ${counted(runs.length, 'run')}`}
        </span>
        <span style={{ flex: 1 }} />
        <Compare picked={picked} />
      </form>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>
                <span class="unseen">compare</span>
              </th>
              <th>status</th>
              <Sorted name="run" order="started" choice={choice} ask={ask} />
              <Sorted name="pipeline" order="pipeline" choice={choice} ask={ask} />
              <th>stages</th>
              <Sorted name="time" order="time" choice={choice} ask={ask} />
            </tr>
          </thead>
          <tbody>
            {chosen.slice(0, shown).map((run) => (
              <RunRow
                key={run.id}
                run={run}
                picked={picked.has(run.id)}
                pick={(id) => {
                  setPicked((before) => toggled(before, id));
                }}
              />
            ))}
          </tbody>
        </table>
      </div>
      {chosen.length <= shown ? null : (
        <button
          type="button"
          class="button"
          onClick={() => {
            setShown(shown + 4 * PAGE);
          }}
        >
          {Math.min(4 * PAGE, chosen.length - shown)} more
        </button>
      )}
    </>
  );
}

const PAGE = 50;

function choiceOf(query: URLSearchParams): RunsChoice {
  const order = query.get('order');
  return {
    text: query.get('text') ?? '',
    pipeline: query.get('pipeline') ?? '',
    status: query.get('status') ?? '',
    order: ORDERS.find((each) => each === order) ?? '',
  };
}

const ORDERS: readonly RunOrder[] = ['started', '-started', 'pipeline', '-pipeline', 'time', '-time'];

interface SortedProps {
  readonly name: string;
  readonly order: 'started' | 'pipeline' | 'time';
  readonly choice: RunsChoice;
  readonly ask: (change: { readonly order: string }) => void;
}

/** The head of a column that sorts, to and fro. */
function Sorted({ name, order, choice, ask }: SortedProps): JSX.Element {
  const up = choice.order === order;
  const down = choice.order === `-${order}` || (choice.order === '' && order === 'started');
  return (
    <th class={order === 'time' ? 'number' : ''} aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <button
        type="button"
        onClick={() => {
          ask({ order: down ? order : `-${order}` });
        }}
      >
        {name} <span aria-hidden="true">{up ? '↑' : down ? '↓' : '↕'}</span>
      </button>
    </th>
  );
}

interface RowProps {
  readonly run: RunSummary;
  readonly picked: boolean;
  readonly pick: (id: string) => void;
}

function RunRow({ run, picked, pick }: RowProps): JSX.Element {
  const { id, status, pipeline, counts, seconds, started } = run;
  return (
    <tr class={picked ? 'chosen' : ''}>
      <td>
        <input
          type="checkbox"
          aria-label={`compare ${id}`}
          checked={picked}
          disabled={status === 'damaged'}
          onChange={() => {
            pick(id);
          }}
        />
      </td>
      <td>
        <Chip sign={runSigns[status]} />
      </td>
      <th scope="row" style={{ whiteSpace: 'nowrap' }}>
        <a href={linkTo(['runs', id])} class="code">
          {id}
        </a>
        <div class="small soft">
          <When time={started} />
        </div>
      </th>
      <td>{pipeline}</td>
      <td style={{ minWidth: '9rem' }}>
        <StageBar counts={counts} />
      </td>
      <td class="number">{seconds === undefined ? '' : formatSeconds(seconds)}</td>
    </tr>
  );
}

function Compare({ picked }: { readonly picked: ReadonlySet<string> }): JSX.Element {
  if (picked.size < 2) {
    return (
      <span class="soft small">{picked.size === 0 ? 'check two runs or more to compare them' : 'check one more'}</span>
    );
  }
  return (
    <a class="button main" href={linkTo(['compare'], { run: [...picked] })}>
      Compare {picked.size} runs
    </a>
  );
}

function NoRuns(): JSX.Element {
  return (
    <div class="card stack">
      <h2>There are no runs yet</h2>
      <p>
        Start one in a terminal, <code>pipeline run FILE</code>, and it is seen here while it goes on; or{' '}
        <a href={linkTo(['pipelines'])}>choose a pipeline</a> and start it here.
      </p>
    </div>
  );
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}
