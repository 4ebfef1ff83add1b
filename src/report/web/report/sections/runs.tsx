import type { JSX } from 'preact';
import { formatFigure } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { runSigns } from '../../ui/signs.ts';
import { Scroll, Section } from '../section.tsx';
import { rowName } from './outcome.tsx';

interface RunsProps {
  readonly runs: readonly RunPage[];
  readonly chosen: string;
  readonly onChoose: (run: string) => void;
}

/** Runs side by side: what differed first, then what came out. */
export function Runs({ runs, chosen, onChoose }: RunsProps): JSX.Element {
  const params = differing(runs);
  const models = [...new Set(runs.flatMap((run) => run.models.map(rowName)))].slice(0, 24);
  return (
    <Section
      id="runs"
      title="Runs side by side"
      reading="What differed stands first, then what came out of it on validation. What follows below is of the chosen run."
    >
      <Scroll label="runs side by side">
        <table>
          <caption class="unseen">runs side by side</caption>
          <thead>
            <tr>
              <td />
              {runs.map(({ id }) => (
                <th key={id} scope="col" class="number">
                  <label class="radio">
                    <input
                      type="radio"
                      name="run"
                      checked={id === chosen}
                      onChange={() => {
                        onChoose(id);
                      }}
                    />
                    {id}
                  </label>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row title="result" cells={runs.map(({ status }) => `${runSigns[status].sign} ${runSigns[status].word}`)} />
            {params.map((name) => (
              <Row key={name} title={name} cells={runs.map(({ provenance }) => valueText(provenance.params[name]))} />
            ))}
            {models.map((name) => (
              <Row
                key={name}
                title={`${name}, validation accuracy`}
                cells={runs.map((run) => {
                  const figure = run.models.find((row) => rowName(row) === name)?.figures['validation.accuracy'];
                  return figure === undefined ? '' : formatFigure('accuracy', figure.mean);
                })}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function Row({ title, cells }: { readonly title: string; readonly cells: readonly string[] }): JSX.Element {
  return (
    <tr>
      <th scope="row">{title}</th>
      {cells.map((cell, index) => (
        <td key={index} class="number">
          {cell}
        </td>
      ))}
    </tr>
  );
}

/** Parameters that have not the same value in all of them. */
function differing(runs: readonly RunPage[]): readonly string[] {
  const names = [...new Set(runs.flatMap(({ provenance }) => Object.keys(provenance.params)))];
  return names.filter(
    (name) => new Set(runs.map(({ provenance }) => JSON.stringify(provenance.params[name]))).size > 1,
  );
}

function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
