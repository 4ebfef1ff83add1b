import type { JSX } from 'preact';
import { formatCount, formatFigure } from '../../../format.ts';
import { frontierOf, type ModelRow } from '../../../page-data/models.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { SizeScatter, type SizedPoint } from '../../charts/size-scatter.tsx';
import { Panel, Section } from '../section.tsx';
import { rowName } from './outcome.tsx';

export function Sizes({ models }: RunPage): JSX.Element | null {
  const points = pointsOf(models);
  if (new Set(points.map(({ bytes }) => bytes)).size < 2) return null;
  return (
    <Section
      id="sizes"
      title="Accuracy and size"
      reading="Up is more accurate, left is smaller. Filled points are those that no other beats in both; the dashed line joins them. Sizes are chosen on validation images, since test images are not for choosing."
    >
      <Panel title="Validation accuracy by the size of the weights">
        <SizeScatter points={points} />
      </Panel>
    </Section>
  );
}

function pointsOf(models: readonly ModelRow[]): readonly SizedPoint[] {
  const frontier = frontierOf(models);
  return models.flatMap((row, index): SizedPoint[] => {
    const { role, figures } = row;
    const [bytes, accuracy, isBest] = [figures['bytes'], figures['validation.accuracy'], frontier[index]];
    if (bytes === undefined || accuracy === undefined || isBest === undefined) return [];
    const { half } = accuracy;
    const [parameters, test] = [figures['parameters'], figures['test.accuracy']];
    const more = [
      ...(parameters === undefined ? [] : [`${formatCount(parameters.mean)} parameters`]),
      ...(test === undefined ? [] : [`on test ${formatFigure('accuracy', test.mean)}`]),
    ];
    return [
      { ...{ name: rowName(row), role, bytes: bytes.mean, accuracy: accuracy.mean, half, frontier: isBest, more } },
    ];
  });
}
