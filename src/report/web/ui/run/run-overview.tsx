import type { JSX } from 'preact';
import type { RunRecord } from '../../../../records/run-record.ts';
import { formatFigure, formatSeconds } from '../../../format.ts';
import { linkTo } from '../address.ts';
import { StageBar } from '../pieces.tsx';
import { summaryOf } from '../../../../records/run-state.ts';
import type { LiveRun } from './live-run.ts';
import { Fact, Facts } from './stage-panel.tsx';

/** What a run came to, beside its drawing: problems first, then gates, then what it was made of. */
export function RunOverview({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const { stages, warnings, definition } = record;
  const failed = stages.filter(({ status }) => status === 'failed');
  const saved = stages.reduce((sum, { secondsSaved }) => sum + (secondsSaved ?? 0), 0);
  return (
    <section class="card stack" aria-label="the run">
      <StageBar counts={summaryOf(record).counts} />
      {failed.slice(0, 5).map(({ id, problem }) => (
        <div key={id} class="notice tone-bad">
          <a href={linkTo(['runs', record.id], { stage: id })}>{id}</a>: {problem?.message ?? 'failed'}
        </div>
      ))}
      {failed.length > 5 ? <p class="small soft">and {failed.length - 5} stages more that failed</p> : null}
      {warnings.slice(0, 5).map(({ stage, message }, index) => (
        <div key={index} class="notice tone-warn small">
          {stage === undefined ? '' : `${stage}: `}
          {message}
        </div>
      ))}
      <Gates record={record} />
      <Facts>
        <Fact name="file">{definition.file}</Fact>
        {Object.entries(definition.params).map(([name, value]) => (
          <Fact key={name} name={name}>
            <span class="numbers">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
          </Fact>
        ))}
        {saved === 0 ? null : <Fact name="saved by reuse">{formatSeconds(saved)}</Fact>}
        {record.jobs === undefined ? null : <Fact name="at once">{record.jobs}</Fact>}
      </Facts>
      <p class="small soft">Choose a stage for what is known of it.</p>
    </section>
  );
}

function Gates({ record: { gates } }: { readonly record: RunRecord }): JSX.Element | null {
  if (gates.length === 0) return null;
  return (
    <div class="stack" style={{ gap: '0.3rem' }}>
      <h3>Gates</h3>
      {gates.map(({ metric, bound, value, passed }) => (
        <div key={metric} class={`small tone-${passed ? 'good' : 'bad'}`} style={{ overflowWrap: 'anywhere' }}>
          <span class="sign" aria-hidden="true">
            {passed ? '✓' : '✕'}
          </span>
          {metric} {bound}:{' '}
          <span class="numbers">
            {value === null ? 'no value' : formatFigure(metric, value)}, {passed ? 'passed' : 'missed'}
          </span>
        </div>
      ))}
    </div>
  );
}
