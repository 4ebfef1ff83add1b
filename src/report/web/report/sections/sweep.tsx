import type { JSX } from 'preact';
import type { RunPage } from '../../../page-data/run-page.ts';
import { AxisLines, numberAxes } from '../../charts/axis-lines.tsx';
import { Panel, Section } from '../section.tsx';

const figure = 'validation.accuracy';

export function Sweep({ models }: RunPage): JSX.Element | null {
  const axes = numberAxes(models).filter((axis) => models.some((row) => axis in row.axes && figure in row.figures));
  if (axes.length === 0) return null;
  const isMean = models.some(({ figures }) => figures[figure]?.half !== undefined);
  return (
    <Section
      id="sweep"
      title="Over the sweep"
      reading={`Level lines are models that do not depend on the axis.${isMean ? ' A point is the mean of the replicates, its bar the 95% interval of that mean: where bars overlap, the difference may be luck.' : ' Each point is one training: another seed would give another one.'}`}
    >
      <div class="pair">
        {axes.map((axis) => (
          <Panel key={axis} title={`Validation accuracy by ${axis}`}>
            <AxisLines rows={models} axis={axis} figure={figure} />
          </Panel>
        ))}
      </div>
    </Section>
  );
}
