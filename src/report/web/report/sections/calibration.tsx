import type { JSX } from 'preact';
import { formatFigure } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Reliability } from '../../charts/reliability.tsx';
import { Panel, Section } from '../section.tsx';
import { OneEvaluation, type MeasuredModel } from './one-evaluation.tsx';

export function Calibration({ evaluations }: RunPage): JSX.Element | null {
  const told = evaluations.filter(({ models }) =>
    models.some(({ splits }) => Object.values(splits).some(({ reliability }) => reliability !== undefined)),
  );
  if (told.length === 0) return null;
  return (
    <Section
      id="calibration"
      title="How sure they are"
      reading="A point is a bin of images by the probability of the answer; its size is how many there are. On the dashed line a model is as sure as it is right; below it is too sure, above not sure enough. Small points are of few images, and may lie anywhere."
    >
      <OneEvaluation evaluations={told}>
        {(models) => (
          <div class="thirds">
            {models.map((model) => (
              <One key={model.name} {...model} />
            ))}
          </div>
        )}
      </OneEvaluation>
    </Section>
  );
}

function One({ name, role, figures }: MeasuredModel): JSX.Element | null {
  if (figures.reliability === undefined) return null;
  const { ece } = figures.figures;
  return (
    <Panel title={`${name}${typeof ece === 'number' ? `: calibration error ${formatFigure('ece', ece)}` : ''}`}>
      <Reliability name={name} role={role} bins={figures.reliability} />
    </Panel>
  );
}
