import type { JSX } from 'preact';

interface ConfusionProps {
  /** Above it, and for screen readers: `teacher`. */
  readonly name: string;
  /** confusion[label][predicted] */
  readonly confusion: readonly (readonly number[])[];
  /** The largest number of mistakes of one kind that any of the matrices beside it has: so they can be compared. */
  readonly most: number;
}

/** What was taken for what: rows are true classes, columns answers. Mistakes are shaded, since there are few of them. */
export function Confusion({ name, confusion, most }: ConfusionProps): JSX.Element {
  return (
    <table class="confusion">
      <caption>
        <strong>{name}</strong> <span class="soft">{mistakesIn(confusion)} mistakes</span>
      </caption>
      <thead>
        <tr>
          <td />
          {confusion.map((_, predicted) => (
            <th key={predicted} scope="col" aria-label={`taken for ${predicted}`}>
              {predicted}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {confusion.map((row, label) => (
          <tr key={label}>
            <th scope="row" aria-label={`class ${label}`}>
              {label}
            </th>
            {row.map((count, predicted) => (
              <Cell key={predicted} {...{ count, most, label, predicted }} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  readonly count: number;
  readonly most: number;
  readonly label: number;
  readonly predicted: number;
}

function Cell({ count, most, label, predicted }: CellProps): JSX.Element {
  if (label === predicted) return <td class="right">{count}</td>;
  if (count === 0) return <td />;
  // From a fifth on, so that a single mistake is seen.
  const share = 0.2 + (0.8 * count) / Math.max(1, most);
  const style = { '--share': `${(100 * share).toFixed(0)}%` };
  return (
    <td
      class={share > 0.6 ? 'wrong much' : 'wrong'}
      style={style}
      title={`${count} of class ${label} ${count === 1 ? 'is' : 'are'} taken for ${predicted}`}
    >
      {count}
    </td>
  );
}

/** Larger ones are no picture any more, and their worst mistakes are listed in their place. */
export const mostClasses = 25;

function mistakesIn(confusion: ConfusionProps['confusion']): number {
  return mistakeList(confusion).reduce((sum, { count }) => sum + count, 0);
}

export interface Mistake {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** The most frequent first. */
export function mistakeList(confusion: ConfusionProps['confusion']): readonly Mistake[] {
  const all = confusion.flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })));
  return all
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}
