import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatFigure, spacedName } from '../../../format.ts';
import type { PageEvaluation } from '../../../page-data/evaluation.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Confusion, mistakeList, mostClasses } from '../../charts/confusion.tsx';
import { Reliability } from '../../charts/reliability.tsx';
import { roleLooks } from '../../charts/role-looks.ts';
import { Answered } from '../answered.tsx';
import { figuresOf, modelName } from '../compare/differences.ts';
import { ModelLines } from '../compare/model-lines.tsx';
import type { LiveRun } from '../run/live-run.ts';
import { Select } from '../select.tsx';
import { useAsked } from '../use-asked.ts';

/** What a run's evaluations measured: every model, the sweep as a whole, and of one evaluation what is mistaken and how sure models are. */
export function ResultsView({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const ended = record.stages.filter(({ artifact }) => artifact?.kind === 'evaluation').length;
  const asked = useAsked((each, signal) => each.page(record.id, signal), { of: [record.id, ended, record.status] });
  if (ended === 0) {
    return (
      <p class="card soft">
        Results come from stages of the type evaluate; none has ended in this run
        {record.status === 'running' ? ' yet' : ''}.
      </p>
    );
  }
  return <Answered asked={asked}>{(page) => <Results page={page} />}</Answered>;
}

function Results({ page }: { readonly page: RunPage }): JSX.Element {
  const pages = useMemo(() => [page], [page]);
  return (
    <div class="stack">
      <Models page={page} />
      <ModelLines pages={pages} />
      <Evaluations evaluations={page.evaluations} />
    </div>
  );
}

/** Every model with its figures, teacher first; replicates are one row, with the interval of their mean. */
function Models({ page }: { readonly page: RunPage }): JSX.Element {
  const { models } = page;
  const figures = useMemo(() => figuresOf([page]).slice(0, MOST_FIGURES), [page]);
  return (
    <section class="stack" aria-labelledby="models">
      <h2 id="models">Models</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="models and their figures">
        <table>
          <thead>
            <tr>
              <th scope="col">model</th>
              {figures.map((figure) => (
                <th key={figure} scope="col" class="number">
                  {spoken(figure)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((row) => (
              <tr key={`${row.evaluation} ${modelName(row)}`}>
                <th scope="row" style={{ whiteSpace: 'nowrap' }}>
                  <span class="role-sign" style={{ background: roleLooks[row.role].colour }} aria-hidden="true" />
                  {modelName(row)}
                </th>
                {figures.map((figure) => {
                  const value = row.figures[figure];
                  return (
                    <td key={figure} class="number">
                      {value === undefined ? '' : formatFigure(figure, value.mean)}
                      {value?.half === undefined || value.half === 0 ? null : (
                        <span class="soft small"> ± {formatFigure(figure, value.half)}</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const MOST_FIGURES = 10;

function Evaluations({ evaluations }: { readonly evaluations: readonly PageEvaluation[] }): JSX.Element | null {
  const [stage, setStage] = useState('');
  const [wanted, setWanted] = useState('');
  const evaluation = evaluations.find((each) => each.stage === stage) ?? evaluations[0];
  if (evaluation === undefined) return null;
  const split = evaluation.splits.find((each) => each === wanted) ?? evaluation.splits[0] ?? '';
  const models = evaluation.models.flatMap(({ name, role, splits }) => {
    const figures = splits[split];
    return figures === undefined ? [] : [{ name, role, figures }];
  });
  const most = Math.max(1, ...models.map(({ figures }) => mistakeList(figures.confusion)[0]?.count ?? 0));
  return (
    <section class="stack" aria-labelledby="one-evaluation">
      <div class="row">
        <h2 id="one-evaluation">What is mistaken for what, and how sure they are</h2>
        {evaluations.length < 2 ? null : (
          <Select
            name="evaluation"
            value={evaluation.stage}
            options={evaluations.map(({ stage: id }) => option(id))}
            change={setStage}
          />
        )}
        <Select name="images" value={split} options={evaluation.splits.map(option)} change={setWanted} />
      </div>
      <div class="thirds">
        {models.map(({ name, role, figures }) => (
          <div key={name} class="card stack">
            {figures.confusion.length === 0 || figures.confusion.length > mostClasses ? (
              <h3>{name}</h3>
            ) : (
              <div class="confusions" tabIndex={0} role="region" aria-label={`mistakes of ${name}`}>
                <Confusion name={name} confusion={figures.confusion} most={most} />
              </div>
            )}
            {figures.reliability === undefined ? null : (
              <Reliability name={name} role={role} bins={figures.reliability} />
            )}
          </div>
        ))}
      </div>
      <p class="small soft">
        Rows are what an image is, columns what it was taken for. On the dashed line below a model is as sure as it is
        right; a point's size is how many images it stands for.
      </p>
    </section>
  );
}

function option(value: string): { readonly value: string; readonly words: string } {
  return { value, words: value };
}

function spoken(figure: string): string {
  return spacedName(figure.replaceAll('.', ' '));
}
