import type { JSX } from 'preact';
import type { Role } from '../../page-data/roles.ts';
import { chosenClass, softened } from '../../page-data/softened.ts';
import { roleLooks } from './role-looks.ts';

/** What a model says to one image. */
export interface ModelSays {
  readonly name: string;
  readonly role: Role;
  readonly logits: readonly number[];
}

interface ClassBarsProps {
  readonly models: readonly ModelSays[];
  readonly temperature: number;
  /** The class of the image, where it is known. */
  readonly label?: number | undefined;
}

/** Probabilities of all classes, a column a model: softened by a temperature, what a model takes for alike is seen. */
export function ClassBars({ models, temperature, label }: ClassBarsProps): JSX.Element {
  const columns = models.map((model) => ({
    ...model,
    shares: softened(model.logits, temperature),
    answer: chosenClass(model.logits),
  }));
  const classes = Math.max(0, ...columns.map(({ shares }) => shares.length));
  return (
    <table class="class-bars">
      <caption class="unseen">probabilities at temperature {temperature}</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          {columns.map(({ name, role }) => (
            <th key={name} scope="col">
              <span class="role-sign" style={{ background: roleLooks[role].colour }} aria-hidden="true" />
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: classes }, (_, index) => (
          <tr key={index} class={index === label ? 'own' : ''}>
            <th scope="row">
              {index}
              {index === label ? <span class="unseen"> (what it is)</span> : null}
            </th>
            {columns.map(({ name, role, shares, answer }) => (
              <td key={name}>
                <span
                  class="class-bar"
                  style={{ width: `${100 * (shares[index] ?? 0)}%`, background: roleLooks[role].colour }}
                  aria-hidden="true"
                />
                <span class={index === answer ? 'answer' : ''}>{percent(shares[index] ?? 0)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function percent(share: number): string {
  const value = 100 * share;
  if (value < 0.05) return '<0.1%';
  return `${value.toFixed(value >= 9.95 ? 0 : 1)}%`;
}
