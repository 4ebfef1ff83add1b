import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatFigure, spacedName } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Parallel, type ParallelRow } from '../../charts/parallel.tsx';
import { roleLooks } from '../../charts/role-looks.ts';
import { figuresOf, modelName } from './differences.ts';

interface ModelLinesProps {
  readonly pages: readonly RunPage[];
  /** Of several runs, by the place of each; a model of one run has the colour of its role. */
  readonly colourOf?: (place: number) => string;
}

/** Every model of a sweep, or of several runs, as a line from what was set to what came of it, and the same as a table. */
export function ModelLines({ pages, colourOf }: ModelLinesProps): JSX.Element | null {
  const rows = useMemo(() => rowsOf(pages, colourOf), [pages]);
  const causes = useMemo(() => causesIn(rows), [rows]);
  const known = useMemo(() => figuresOf(pages), [pages]);
  const [figures, setFigures] = useState(known.slice(0, 3));
  const [chosen, setChosen] = useState<string>();
  if (rows.length < 2 || causes.length === 0) return null;
  const dimensions = [...causes, ...figures];
  const first = figures[0];
  const sorted = first === undefined ? rows : [...rows].sort((a, b) => valueOf(b, first) - valueOf(a, first));
  return (
    <section class="card stack" aria-labelledby="model-lines">
      <div class="row spread">
        <h2 id="model-lines">From what was set to what came of it</h2>
        <details class="figures">
          <summary>figures</summary>
          <div class="row">
            {known.slice(0, 30).map((name) => (
              <label key={name} class="check small">
                <input
                  type="checkbox"
                  checked={figures.includes(name)}
                  onChange={() => {
                    setFigures(known.filter((each) => figures.includes(each) !== (each === name)));
                  }}
                />
                {spoken(name)}
              </label>
            ))}
          </div>
        </details>
      </div>
      <Parallel
        rows={rows}
        dimensions={dimensions}
        chosen={chosen}
        choose={setChosen}
        label={`${rows.length} models by ${dimensions.map(spoken).join(', ')}; the table below has the numbers`}
      />
      <div class="scroll" style={{ maxHeight: '24rem' }} tabIndex={0} role="region" aria-label="models as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">model</th>
              {dimensions.map((name) => (
                <th key={name} scope="col" class="number">
                  {spoken(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, 200).map((row) => (
              <tr
                key={row.name}
                class={row.name === chosen ? 'chosen' : ''}
                onClick={() => {
                  setChosen(row.name === chosen ? undefined : row.name);
                }}
              >
                <th scope="row">
                  <span class="role-sign" style={{ background: row.colour }} aria-hidden="true" />
                  {row.name}
                </th>
                {dimensions.map((name) => {
                  const value = row.values[name];
                  return (
                    <td key={name} class="number">
                      {typeof value === 'number' ? formatFigure(name, value) : value}
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

function rowsOf(pages: readonly RunPage[], colourOf: ModelLinesProps['colourOf']): readonly ParallelRow[] {
  return pages.flatMap(({ id, models, provenance }, place) =>
    models
      .filter(({ role, axes }) => pages.length > 1 || role !== 'teacher' || Object.keys(axes).length > 0)
      .map((row): ParallelRow => {
        const { colour, dash } = roleLooks[row.role];
        const figures = Object.entries(row.figures).map(([name, { mean }]) => [name, mean] as const);
        const params = Object.entries(provenance.params).flatMap(([name, value]) =>
          typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [],
        );
        const axes = Object.entries(row.axes).map(
          ([name, value]) => [name, typeof value === 'boolean' ? String(value) : value] as const,
        );
        return {
          name: pages.length > 1 ? `${modelName(row)} of ${id}` : modelName(row),
          colour: colourOf?.(place) ?? colour,
          dash,
          values: { ...Object.fromEntries(params), ...Object.fromEntries(axes), ...Object.fromEntries(figures) },
        };
      }),
  );
}

/** Parameters and axes in which they differ. */
function causesIn(rows: readonly ParallelRow[]): readonly string[] {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return names.filter((name) => {
    const isFigure = name.includes('.') || name === 'bytes' || name === 'parameters';
    return !isFigure && new Set(rows.flatMap(({ values }) => values[name] ?? [])).size > 1;
  });
}

function valueOf(row: ParallelRow, name: string): number {
  const value = row.values[name];
  return typeof value === 'number' ? value : -Infinity;
}

function spoken(name: string): string {
  return spacedName(name.replaceAll('.', ' '));
}
