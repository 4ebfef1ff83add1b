import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatSeconds } from '../../format.ts';
import type { RunPage } from '../../page-data/run-page.ts';
import type { ReportData } from '../../page-data/report-data.ts';
import { runSigns } from '../ui/signs.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import { Calibration } from './sections/calibration.tsx';
import { Differences } from './sections/differences.tsx';
import { Learning } from './sections/learning.tsx';
import { Mistakes } from './sections/mistakes.tsx';
import { Outcome } from './sections/outcome.tsx';
import { Origins } from './sections/origins.tsx';
import { Runs } from './sections/runs.tsx';
import { SoftLabels } from './sections/soft-labels.tsx';
import { Sizes } from './sections/sizes.tsx';
import { Stages } from './sections/stages.tsx';
import { Sweep } from './sections/sweep.tsx';

/** Each says nothing where a run has nothing of its kind. */
const sections: readonly {
  readonly id: string;
  readonly name: string;
  readonly show: (run: RunPage) => JSX.Element | null;
}[] = [
  { id: 'outcome', name: 'Results', show: Outcome },
  { id: 'stages', name: 'Stages', show: Stages },
  { id: 'learning', name: 'Learning', show: Learning },
  { id: 'sweep', name: 'Sweep', show: Sweep },
  { id: 'sizes', name: 'Size', show: Sizes },
  { id: 'soft-labels', name: 'Soft labels', show: SoftLabels },
  { id: 'differences', name: 'Differences', show: Differences },
  { id: 'mistakes', name: 'Mistakes', show: Mistakes },
  { id: 'calibration', name: 'Calibration', show: Calibration },
  { id: 'origins', name: 'Provenance', show: Origins },
];

export function Report({ runs, made, version }: ReportData): JSX.Element {
  const [chosen, choose] = useState(runs[0]?.id ?? '');
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (run === undefined) return <p>The report has no run.</p>;
  const shown = sections.map((section) => ({ ...section, content: section.show(run) }));
  const told = shown.filter(({ content }) => content !== null);
  return (
    <>
      <header>
        <Head run={run} />
        <ThemeSwitch />
      </header>
      <nav aria-label="parts of the report">
        {runs.length > 1 ? <a href="#runs">Runs</a> : null}
        {told.map(({ id, name }) => (
          <a key={id} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <main>
        {runs.length > 1 ? <Runs runs={runs} chosen={run.id} onChoose={choose} /> : null}
        {told.map(({ id, content }) => (
          <div key={`${run.id} ${id}`}>{content}</div>
        ))}
      </main>
      <footer>
        Made by distill-pipeline {version} on {dateText(made)}. Everything is in this file: it asks for nothing from
        anywhere.
      </footer>
    </>
  );
}

function Head({ run: { pipeline, id, status, started, seconds, provenance } }: { readonly run: RunPage }): JSX.Element {
  const { sign, tone, word } = runSigns[status];
  return (
    <div>
      <h1>{pipeline}</h1>
      <p class="facts-line">
        <span class={`chip tone-${tone}`}>
          <span aria-hidden="true">{sign} </span>
          {word}
        </span>
        <span>
          run <code>{id}</code>
        </span>
        <span>
          <time dateTime={started}>{dateText(started)}</time>
        </span>
        {seconds === undefined ? null : <span>{formatSeconds(seconds)}</span>}
        <span>backend {provenance.backend}</span>
      </p>
    </div>
  );
}

/** In the language of the page, and in the time zone of who reads it. */
function dateText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
