import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RunRecord } from '../../../../records/run-record.ts';
import { formatSeconds } from '../../../format.ts';
import { Dag } from '../../charts/dag/dag.tsx';
import { linkTo } from '../address.ts';
import { useAddress } from '../use-address.ts';
import { Refused, Waiting } from '../answered.tsx';
import { DrawView } from '../draw/draw-view.tsx';
import { SamplesView } from '../samples/samples-view.tsx';
import { DagOptions } from '../dag-options.tsx';
import { Chip, Tabs, Title, useNow, When } from '../pieces.tsx';
import { runSigns } from '../signs.ts';
import { token } from '../token.ts';
import { Curves } from './curves.tsx';
import { runBoxes } from './stage-boxes.ts';
import type { LiveRun } from './live-run.ts';
import { LogView } from './log-view.tsx';
import { OriginsView } from './origins-view.tsx';
import { ResultsView } from '../results/results-view.tsx';
import { StopRun } from './stop-run.tsx';
import { RunOverview } from './run-overview.tsx';
import { StagePanel } from './stage-panel.tsx';
import { StageTable } from './stage-table.tsx';
import { useLiveRun } from './use-live-run.ts';

/** One run, in several views, live while it goes on. */
export function RunPage({ id, view }: { readonly id: string; readonly view: string }): JSX.Element {
  const { live, refusal, following } = useLiveRun(id);
  if (live === undefined) {
    return (
      <>
        <Title name={`Run ${id}`} />
        {refusal === undefined ? <Waiting /> : <Refused refusal={refusal} />}
      </>
    );
  }
  return (
    <>
      <RunHead record={live.record} following={following} />
      {refusal === undefined ? null : <Refused refusal={refusal} />}
      <Tabs
        label="views of the run"
        tabs={views.map(({ path, name }) => ({
          name,
          link: linkTo(['runs', id, ...(path === '' ? [] : [path])]),
          here: path === view,
        }))}
      />
      {(views.find(({ path }) => path === view) ?? overview).show(live)}
    </>
  );
}

interface RunView {
  /** The last part of its address. */
  readonly path: string;
  readonly name: string;
  readonly show: (live: LiveRun) => JSX.Element;
}

const overview: RunView = { path: '', name: 'Stages', show: (live) => <Stages live={live} /> };

const views: readonly RunView[] = [
  overview,
  { path: 'curves', name: 'Curves', show: (live) => <Curves live={live} /> },
  { path: 'results', name: 'Results', show: (live) => <ResultsView live={live} /> },
  { path: 'samples', name: 'Samples', show: (live) => <SamplesView live={live} /> },
  { path: 'draw', name: 'Draw', show: (live) => <DrawView live={live} /> },
  { path: 'logs', name: 'Logs', show: (live) => <LogView live={live} /> },
  { path: 'origins', name: 'Origins', show: (live) => <OriginsView live={live} /> },
];

function RunHead({ record, following }: { readonly record: RunRecord; readonly following: boolean }): JSX.Element {
  const now = useNow(record.status === 'running');
  const { id, definition, status, started, seconds } = record;
  const elapsed = seconds ?? (status === 'running' ? Math.max(0, (now - Date.parse(started)) / 1000) : undefined);
  return (
    <div class="row spread">
      <div>
        <Title name={`${definition.name}, run ${id}`}>
          {definition.name}{' '}
          <span class="soft code" style={{ fontWeight: 400, fontSize: '0.7em' }}>
            {id}
          </span>
        </Title>
        <div class="row small soft">
          <Chip sign={runSigns[status]} />
          <span>
            <When time={started} />
          </span>
          {elapsed === undefined ? null : <span class="numbers">{formatSeconds(elapsed)}</span>}
          <span>{definition.backend}</span>
          {definition.overrides.length === 0 ? null : <span class="code">{definition.overrides.join(' ')}</span>}
          {status === 'running' && !following ? <span>its events do not come in</span> : null}
        </div>
      </div>
      {status === 'running' && token() !== '' ? <StopRun run={id} /> : null}
    </div>
  );
}

function Stages({ live }: { readonly live: LiveRun }): JSX.Element {
  const { query } = useAddress();
  const chosen = query.get('stage') ?? undefined;
  const [apart, setApart] = useState(false);
  const [fits, setFits] = useState(false);
  const varies = live.record.stages.some(({ variant }) => variant !== undefined);
  const boxes = runBoxes(live, apart);
  const box = chosen === undefined ? undefined : boxOf(live, chosen, apart);
  return (
    <>
      <div class="beside">
        <div class="stack" style={{ gap: '0.5rem' }}>
          <Dag
            stages={boxes}
            chosen={box}
            zoom={fits ? 'fit' : 'readable'}
            onChoose={(id) => {
              location.hash = linkTo(['runs', live.record.id], { stage: id === box ? '' : id });
            }}
          />
          <DagOptions {...{ varies, apart, setApart, fits, setFits }} />
        </div>
        {chosen === undefined ? <RunOverview live={live} /> : <StagePanel live={live} chosen={chosen} />}
      </div>
      <StageTable live={live} chosen={chosen} />
    </>
  );
}

/** The box of a variant, where variants are one. */
function boxOf({ record }: LiveRun, chosen: string, apart: boolean): string {
  const stage = record.stages.find(({ id }) => id === chosen);
  return apart ? chosen : (stage?.variant?.of ?? chosen);
}
