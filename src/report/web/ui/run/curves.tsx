import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { learningCurves } from '../../../page-data/curves.ts';
import { spacedName } from '../../../format.ts';
import { EpochLines, Legend, legendOf, linesByRole } from '../../charts/epoch-lines.tsx';
import type { LiveRun } from './live-run.ts';

/** How trainings got on, epoch by epoch. */
export function Curves({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const seen = record.stages.map(({ id, epochs }) => `${id} ${epochs?.length ?? 0}`).join();
  const lines = useMemo(() => linesByRole(learningCurves(record, () => undefined)), [seen]);
  const told = FIGURES.filter((figure) => lines.some(({ curve }) => curve.epochs.some((each) => figure in each)));
  if (told.length === 0) {
    return <p class="card soft">No epoch has ended in this run{record.status === 'running' ? ' yet' : ''}.</p>;
  }
  return (
    <div class="stack">
      <Legend lines={legendOf(lines)} />
      <div class="halves">
        {told.map((figure) => (
          <section key={figure} class="card stack" style={{ gap: '0.4rem' }}>
            <h2>{spacedName(figure)}</h2>
            <EpochLines lines={lines} figure={figure} />
          </section>
        ))}
      </div>
      <p class="small soft">
        Losses of training are of what each one minimises: a student's, with soft labels in it, is another quantity than
        its baseline's. Validation losses are cross-entropy to the labels, and can be compared.
      </p>
    </div>
  );
}

const FIGURES = ['validationAccuracy', 'validationLoss', 'accuracy', 'loss'];
