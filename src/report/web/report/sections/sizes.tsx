import type { JSX } from 'preact';
import { formatBytes, formatCount, formatFigure } from '../../../format.ts';
import { frontierOf, type ModelRow } from '../../../page-data/models.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { SizeScatter, type SizedPoint } from '../../charts/size-scatter.tsx';
import { Panel, Scroll, Section } from '../section.tsx';
import { rowName } from './outcome.tsx';

export function Sizes({ models, frontier, latencies }: RunPage): JSX.Element | null {
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
      {frontier === undefined || frontier.costs.length < 2 ? null : <Costs frontier={frontier} latencies={latencies} />}
    </Section>
  );
}

type CostsProps = Required<Pick<RunPage, 'frontier' | 'latencies'>>;

/** Where `pipeline latency` measured how long they take. */
function Costs({ frontier: { models, costs }, latencies }: CostsProps): JSX.Element {
  const places = latencies.map(({ backend, host, measured }) => {
    return `${backend} on ${host.cores} × ${host.cpu}, ${measured.slice(0, 10)}`;
  });
  const title = `What each costs; * where no other is as cheap and as accurate. Times: ${[...new Set(places)].join('; ')}`;
  return (
    <Scroll label="what each model costs">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">model</th>
            {[...costs, 'validation accuracy'].map((cost) => (
              <th key={cost} scope="col" class="number">
                {cost}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map(({ name, accuracy, costs: own, best }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {costs.map((cost) => (
                <td key={cost} class="number">
                  {costText(cost, own[cost])}
                  {best.includes(cost) ? ' *' : ''}
                </td>
              ))}
              <td class="number">{formatFigure('accuracy', accuracy)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function costText(cost: string, value: number | undefined): string {
  if (value === undefined) return '';
  return cost === 'bytes' ? formatBytes(value) : value.toPrecision(3);
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
