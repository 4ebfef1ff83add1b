import type { JSX } from 'preact';
import { formatBytes, formatCount, formatFigure } from '../../../format.ts';
import type { Figure, ModelRow } from '../../../page-data/models.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Scroll, Section } from '../section.tsx';

/** What docs/scorecard.md says of each; a split's, but for sizes. */
const figures: readonly (readonly [name: string, title: string])[] = [
  ['accuracy', 'accuracy'],
  ['agreement', 'agreement with the teacher'],
  ['gapRecovered', 'gap to the teacher closed'],
  ['loss', 'cross-entropy'],
  ['klToTeacher', 'KL divergence to the teacher'],
  ['ece', 'calibration error (ECE)'],
  ['brier', 'Brier score'],
  ['errors', 'wrong images'],
  ['errorsShared', 'wrong, as the teacher is'],
  ['errorsNew', 'wrong, where the teacher is right'],
  ['errorsMended', 'right, where the baseline is wrong'],
  ['errorsMade', 'wrong, where the baseline is right'],
];

export function Outcome({ models, gates, warnings }: RunPage): JSX.Element | null {
  if (models.length === 0 && gates.length === 0) return null;
  const split = splitOf(models);
  const replicates = Math.max(1, ...models.flatMap(({ figures: own }) => Object.values(own).map(({ count }) => count)));
  return (
    <Section id="outcome" title="What came out" reading={sentence(models, split)}>
      {models.length > 4 ? null : <Cards models={models} split={split} />}
      {models.length === 0 ? null : <Scorecard {...{ models, split, replicates }} />}
      <Gates gates={gates} />
      {warnings.map(({ stage, message }) => (
        <p key={`${stage ?? ''} ${message}`} class="notice tone-warn">
          <strong>! warning</strong>: {stage === undefined ? '' : `${stage}: `}
          {message}
        </p>
      ))}
    </Section>
  );
}

/** Of many that were passed, how many: those that were missed stand out. */
function Gates({ gates }: Pick<RunPage, 'gates'>): JSX.Element {
  const passed = gates.filter((gate) => gate.passed);
  const shown = passed.length > 3 ? gates.filter((gate) => !gate.passed) : gates;
  return (
    <>
      {passed.length > 3 ? (
        <p class="notice tone-good">
          <strong>✓ {passed.length} gates passed</strong>
        </p>
      ) : null}
      {shown.map(({ metric, bound, value, passed: isPassed }) => (
        <p key={`${metric} ${bound}`} class={`notice tone-${isPassed ? 'good' : 'bad'}`}>
          <strong>{isPassed ? '✓ gate passed' : '✕ gate missed'}</strong>: {metric} {bound}, it is{' '}
          {value === null ? 'not there' : formatFigure(metric, value)}
        </p>
      ))}
    </>
  );
}

interface ModelsProps {
  readonly models: readonly ModelRow[];
  readonly split: string;
}

function Cards({ models, split }: ModelsProps): JSX.Element {
  return (
    <ul class="cards">
      {models.map((row) => (
        <li key={rowName(row)} class={`model-card role-${row.role}`}>
          <span class="card-name">{rowName(row)}</span>
          <span class="card-figure">{meanText('accuracy', row.figures[`${split}.accuracy`])}</span>
          <span class="soft">
            {halfText('accuracy', row.figures[`${split}.accuracy`])} accuracy on {split}
            <br />
            {countText(row.figures['parameters'])} parameters, {bytesText(row.figures['bytes'])}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Figures against models; of many models, models against the figures that count most. */
function Scorecard({ models, split, replicates }: ModelsProps & { readonly replicates: number }): JSX.Element {
  const note = replicates > 1 ? `; mean ± half of the 95% interval, of up to ${replicates} replicates` : '';
  const title = `Scorecard on ${split} images${note}`;
  const told = figures.filter(([name]) => models.some((row) => row.figures[`${split}.${name}`] !== undefined));
  return (
    <Scroll label={title}>
      {models.length > 6 ? long({ models, split, title, told }) : upright({ models, split, title, told })}
    </Scroll>
  );
}

interface TableProps extends ModelsProps {
  readonly title: string;
  readonly told: typeof figures;
}

function upright({ models, split, title, told }: TableProps): JSX.Element {
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">figure</th>
          {models.map((row) => (
            <th key={rowName(row)} scope="col" class="number">
              {rowName(row)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {told.map(([name, words]) => (
          <tr key={name}>
            <th scope="row">{words}</th>
            {models.map((row) => (
              <td key={rowName(row)} class="number">
                {figureText(name, row.figures[`${split}.${name}`])}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">parameters</th>
          {models.map((row) => (
            <td key={rowName(row)} class="number">
              {countText(row.figures['parameters'])}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">weights</th>
          {models.map((row) => (
            <td key={rowName(row)} class="number">
              {bytesText(row.figures['bytes'])}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function long({ models, split, title, told }: TableProps): JSX.Element {
  const main = told.filter(([name]) =>
    ['accuracy', 'agreement', 'gapRecovered', 'loss', 'ece', 'errors'].includes(name),
  );
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">model</th>
          {main.map(([name, words]) => (
            <th key={name} scope="col" class="number">
              {words}
            </th>
          ))}
          <th scope="col" class="number">
            weights
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((row) => (
          <tr key={`${row.evaluation} ${rowName(row)}`}>
            <th scope="row">{rowName(row)}</th>
            {main.map(([name]) => (
              <td key={name} class="number">
                {figureText(name, row.figures[`${split}.${name}`])}
              </td>
            ))}
            <td class="number">{bytesText(row.figures['bytes'])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `student, temperature 4` */
export function rowName({ model, axes }: ModelRow): string {
  return [model, ...Object.entries(axes).map(([axis, value]) => `${axis} ${String(value)}`)].join(', ');
}

/** What is measured on the data that was held back says most. */
function splitOf(models: readonly ModelRow[]): string {
  const has = (split: string): boolean => models.some(({ figures: own }) => own[`${split}.accuracy`] !== undefined);
  return ['test', 'validation', 'train'].find(has) ?? 'test';
}

/** What the numbers say, of the student that validation chooses where there are several. */
function sentence(models: readonly ModelRow[], split: string): string {
  const one = (role: string): ModelRow | undefined => {
    const own = models.filter((row) => row.role === role);
    return own.length > 1 ? bestOf(own) : own[0];
  };
  const accuracy = (row: ModelRow | undefined): Figure | undefined => row?.figures[`${split}.accuracy`];
  const [teacher, student, baseline] = [one('teacher'), one('student'), one('baseline')];
  const [top, own, bottom] = [accuracy(teacher), accuracy(student), accuracy(baseline)];
  if (own === undefined) return `${models.length} models were measured.`;
  const several = models.filter(({ role }) => role === 'student').length;
  const who = several > 1 ? `Of ${several} students, the best on validation (${axesText(student)})` : 'The student';
  const parts = [`${who} is right on ${figureText('accuracy', own)} of the ${split} images`];
  if (top !== undefined) parts.push(`its teacher on ${figureText('accuracy', top)}`);
  if (bottom !== undefined) parts.push(`and the baseline, which had no teacher, on ${figureText('accuracy', bottom)}`);
  const runs =
    own.count > 1 ? '' : ' Each was trained once: with another seed, all of these numbers would be a little different.';
  return `${parts.join(', ')}.${runs}`;
}

function bestOf(rows: readonly ModelRow[]): ModelRow | undefined {
  const accuracy = ({ figures: own }: ModelRow): number => own['validation.accuracy']?.mean ?? -1;
  return [...rows].sort((a, b) => accuracy(b) - accuracy(a))[0];
}

function axesText(row: ModelRow | undefined): string {
  return row === undefined ? '' : rowName({ ...row, model: '' }).replace(/^, /, '');
}

function figureText(name: string, figure: Figure | undefined): string {
  return [meanText(name, figure), halfText(name, figure)].filter((text) => text !== '').join(' ');
}

function meanText(name: string, figure: Figure | undefined): string {
  return figure === undefined ? '' : formatFigure(name, figure.mean);
}

/** With two digits, where it is no share: it is no more certain than that. */
function halfText(name: string, figure: Figure | undefined): string {
  const { half = 0 } = figure ?? {};
  if (half === 0) return '';
  const text = formatFigure(name, half);
  return `± ${text.endsWith('%') ? text : formatFigure(name, Number(half.toPrecision(2)))}`;
}

function countText(figure: Figure | undefined): string {
  return figure === undefined ? '' : formatCount(figure.mean);
}

function bytesText(figure: Figure | undefined): string {
  return figure === undefined ? '' : formatBytes(figure.mean);
}
