import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatFigure, spacedName } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { EpochLines, type EpochLine, Legend } from '../../charts/epoch-lines.tsx';
import { roleLooks } from '../../charts/role-looks.ts';
import { linkTo } from '../address.ts';
import { useAddress } from '../use-address.ts';
import { Answered } from '../answered.tsx';
import { Title, When } from '../pieces.tsx';
import { Select } from '../select.tsx';
import { useAsked } from '../use-asked.ts';
import { comparedFacts, comparedModels, figuresOf, moreIsBetter } from './differences.ts';
import { ModelLines } from './model-lines.tsx';

/** Runs side by side: what they differ in first, then what came of it. */
export function ComparePage(): JSX.Element {
  const { query } = useAddress();
  const ids = [...new Set(query.getAll('run'))].slice(0, MOST);
  return (
    <>
      <Title name="Compare" />
      {ids.length < 2 ? (
        <p class="card">
          Check two runs or more in the <a href={linkTo([])}>list of runs</a>, and choose “Compare”.
        </p>
      ) : (
        <Asked ids={ids} left={query.getAll('run').length - ids.length} />
      )}
    </>
  );
}

/** More than that is no picture; sweeps are compared within a run. */
const MOST = 8;

function Asked({ ids, left }: { readonly ids: readonly string[]; readonly left: number }): JSX.Element {
  const asked = useAsked((each, signal) => Promise.all(ids.map((id) => each.page(id, signal))), { of: [ids.join()] });
  return (
    <>
      {left <= 0 ? null : <p class="small soft">The first {MOST} of those that were checked.</p>}
      <Answered asked={asked}>{(pages) => <Comparison pages={pages} />}</Answered>
    </>
  );
}

interface ComparedProps {
  readonly pages: readonly RunPage[];
}

/** The colour of a run, by its place. */
const COLOURS = [
  'var(--other-3)',
  'var(--other-1)',
  'var(--other-2)',
  'var(--other-4)',
  'var(--other-5)',
  'var(--teacher)',
  'var(--student)',
  'var(--baseline)',
];

function Comparison({ pages }: ComparedProps): JSX.Element {
  return (
    <>
      <Facts pages={pages} />
      <Models pages={pages} />
      <Curves pages={pages} />
      <ModelLines pages={pages} colourOf={runColour} />
    </>
  );
}

function runColour(place: number): string {
  return COLOURS[place % COLOURS.length] ?? 'var(--soft)';
}

function Heads({ pages }: ComparedProps): JSX.Element {
  return (
    <>
      {pages.map(({ id, started }, place) => (
        <th key={id} scope="col">
          <span class="role-sign" style={{ background: runColour(place) }} aria-hidden="true" />
          <a class="code" href={linkTo(['runs', id])}>
            {id}
          </a>
          <div>
            <When time={started} />
          </div>
        </th>
      ))}
    </>
  );
}

function Facts({ pages }: ComparedProps): JSX.Element {
  const [all, setAll] = useState(false);
  const facts = useMemo(() => comparedFacts(pages), [pages]);
  const differing = facts.filter(({ differs }) => differs);
  const shown = all ? facts : differing;
  return (
    <section class="stack" aria-labelledby="what-differs">
      <div class="row spread">
        <h2 id="what-differs">What differs</h2>
        <label class="check small">
          <input
            type="checkbox"
            checked={all}
            onChange={() => {
              setAll(!all);
            }}
          />
          what does not, too
        </label>
      </div>
      {differing.length === 0 ? <p class="soft">Parameters, definition, code and versions are the same.</p> : null}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">of the run</th>
              <Heads pages={pages} />
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, values, differs }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, place) => (
                  <td key={place} class={differs && value !== values[0] ? 'other' : ''}>
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Models({ pages }: ComparedProps): JSX.Element | null {
  const figures = useMemo(() => figuresOf(pages), [pages]);
  const [figure, setFigure] = useState(figures[0] ?? '');
  const models = useMemo(() => comparedModels(pages), [pages]);
  if (models.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="what-came">
      <div class="row spread">
        <h2 id="what-came">What came of it</h2>
        <Select
          name="figure"
          value={figure}
          options={figures.map((value) => ({ value, words: spoken(value) }))}
          change={setFigure}
        />
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{spoken(figure)}</th>
              <Heads pages={pages} />
            </tr>
          </thead>
          <tbody>
            {models.map(({ name, rows }) => {
              const values = rows.map((row) => row?.figures[figure]);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {values.map((value, place) => (
                    <td key={place} class="numbers">
                      {value === undefined ? <span class="soft">–</span> : formatFigure(figure, value.mean)}
                      {value?.half === undefined ? null : (
                        <span class="soft small"> ± {formatFigure(figure, value.half)}</span>
                      )}
                      {place === 0 || value === undefined || values[0] === undefined ? null : (
                        <Difference figure={figure} by={value.mean - values[0].mean} />
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="small soft">Differences are from the first run; whether one is more than chance, replicates tell.</p>
    </section>
  );
}

function Difference({ figure, by }: { readonly figure: string; readonly by: number }): JSX.Element | null {
  if (by === 0) return <span class="small soft"> the same</span>;
  const better = moreIsBetter(figure);
  const tone = better === undefined ? 'plain' : better === by > 0 ? 'good' : 'bad';
  const isShare = formatFigure(figure, 0.5).endsWith('%');
  const size = isShare ? `${(100 * Math.abs(by)).toFixed(2)} points` : formatFigure(figure, Math.abs(by));
  return (
    <span class={`small tone-${tone} toned`}>
      {' '}
      {by > 0 ? '+' : '−'}
      {size}
    </span>
  );
}

const FIGURES = ['validationAccuracy', 'validationLoss', 'accuracy', 'loss'];

/** All trainings over each other: a colour a run, a dash a role. */
function Curves({ pages }: ComparedProps): JSX.Element | null {
  const [figure, setFigure] = useState(FIGURES[0] ?? '');
  const lines = useMemo(
    () =>
      pages.flatMap(({ id, curves }, place) =>
        curves.map((curve): EpochLine => {
          const { dash } = roleLooks[curve.role];
          return {
            name: `${curve.stage} of ${id}`,
            colour: runColour(place),
            ...(dash === undefined ? {} : { dash }),
            curve,
          };
        }),
      ),
    [pages],
  );
  if (lines.length === 0) return null;
  const runs = pages.map(({ id }, place) => ({ name: id, colour: runColour(place) }));
  const roles = (['teacher', 'student', 'baseline'] as const).filter((role) =>
    lines.some(({ curve }) => curve.role === role),
  );
  const dashes = roles.map((role) => {
    const { dash } = roleLooks[role];
    return { name: role, colour: 'var(--soft)', ...(dash === undefined ? {} : { dash }) };
  });
  return (
    <section class="card stack" aria-labelledby="curves">
      <div class="row spread">
        <h2 id="curves">Curves, one over the other</h2>
        <Select
          name="figure"
          value={figure}
          options={FIGURES.map((value) => ({ value, words: spacedName(value) }))}
          change={setFigure}
        />
      </div>
      <Legend lines={[...runs, ...dashes]} />
      <EpochLines lines={lines} figure={figure} />
    </section>
  );
}

function spoken(figure: string): string {
  return spacedName(figure.replaceAll('.', ' '));
}
