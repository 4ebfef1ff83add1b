import type { JSX } from 'preact';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Confusion, mistakeList, mostClasses } from '../../charts/confusion.tsx';
import { Scroll, Section } from '../section.tsx';
import { OneEvaluation, type MeasuredModel } from './one-evaluation.tsx';

export function Mistakes({ evaluations }: RunPage): JSX.Element | null {
  if (!evaluations.some(({ models }) => models.length > 0)) return null;
  return (
    <Section
      id="mistakes"
      title="What is mistaken for what"
      reading="Rows are what an image is, columns what it was taken for. The diagonal is right; the stronger the colour of a cell beside it, the more often this mistake is made. All matrices have one scale."
    >
      <OneEvaluation evaluations={evaluations}>{(models) => <Matrices models={models} />}</OneEvaluation>
    </Section>
  );
}

function Matrices({ models }: { readonly models: readonly MeasuredModel[] }): JSX.Element {
  const lists = models.map(({ figures }) => mistakeList(figures.confusion));
  const most = Math.max(1, ...lists.map(([first]) => first?.count ?? 0));
  const small = models.every(({ figures }) => figures.confusion.length <= mostClasses);
  return (
    <div class="matrices">
      {models.map(({ name, figures }, index) => (
        <Scroll key={name} label={`mistakes of ${name}`}>
          {small ? (
            <Confusion name={name} confusion={figures.confusion} most={most} />
          ) : (
            <Worst name={name} mistakes={lists[index] ?? []} />
          )}
        </Scroll>
      ))}
    </div>
  );
}

interface WorstProps {
  readonly name: string;
  readonly mistakes: ReturnType<typeof mistakeList>;
}

function Worst({ name, mistakes }: WorstProps): JSX.Element {
  return (
    <table>
      <caption>{name}: its most frequent mistakes</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col">taken for</th>
          <th scope="col" class="number">
            images
          </th>
        </tr>
      </thead>
      <tbody>
        {mistakes.slice(0, 20).map(({ label, predicted, count }) => (
          <tr key={`${label} ${predicted}`}>
            <td>{label}</td>
            <td>{predicted}</td>
            <td class="number">{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
