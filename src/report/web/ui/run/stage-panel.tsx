import type { ComponentChildren, JSX } from 'preact';
import type { StageId } from '../../../../core/ids.ts';
import { artifactBytes } from '../../../../core/artifact.ts';
import type { StageRun } from '../../../../records/run-record.ts';
import { formatBytes, formatFigure, formatSeconds, spacedName } from '../../../format.ts';
import { numberMetrics } from '../../../metrics-text.ts';
import { linkTo } from '../address.ts';
import { Chip } from '../pieces.tsx';
import type { LiveRun } from './live-run.ts';
import { signOf, wordsOf } from './stage-boxes.ts';

/** What is known of the stage that was chosen in the drawing, or of all of its variants. */
export function StagePanel({ live, chosen }: { readonly live: LiveRun; readonly chosen: string }): JSX.Element {
  const own = live.record.stages.filter(({ id, variant }) => id === chosen || variant?.of === chosen);
  const [only, ...others] = own;
  if (only === undefined) return <section class="card soft">There is no stage {chosen} in this run.</section>;
  return others.length === 0 ? (
    <OneStage live={live} stage={only} />
  ) : (
    <Variants live={live} name={chosen} stages={own} />
  );
}

function OneStage({ live, stage }: { readonly live: LiveRun; readonly stage: StageRun }): JSX.Element {
  const { id, type, status, because, seconds, secondsSaved, artifact, metrics, key, problem, retries } = stage;
  const view = live.progress.get(id);
  const run = live.record.id;
  const numbers = numberMetrics(metrics ?? {}).slice(0, MOST_METRICS);
  return (
    <section class="card stack" aria-label={`stage ${id}`}>
      <div class="row spread">
        <h2 style={{ overflowWrap: 'anywhere' }}>{id}</h2>
        <Chip sign={signOf(stage, view)} />
      </div>
      {status === 'running' ? <p class="numbers">{wordsOf(stage, view)}</p> : null}
      {problem === undefined ? null : (
        <div class="notice tone-bad">
          {problem.message}
          {problem.hint === undefined ? null : <p class="small">{problem.hint}</p>}
          {problem.where === undefined ? null : <p class="small code">{problem.where}</p>}
        </div>
      )}
      <Facts>
        <Fact name="type">{type}</Fact>
        {because === undefined ? null : <Fact name="why">{because}</Fact>}
        {seconds === undefined ? null : <Fact name="took">{formatSeconds(seconds)}</Fact>}
        {secondsSaved === undefined ? null : <Fact name="saved">{formatSeconds(secondsSaved)}</Fact>}
        {retries === undefined ? null : <Fact name="attempts that failed">{retries.length}</Fact>}
        {artifact === undefined ? null : (
          <Fact name="result">
            {artifact.kind}, {formatBytes(artifactBytes(artifact))}
          </Fact>
        )}
        {key === undefined ? null : (
          <Fact name="key">
            <span class="code">{key.slice(0, 16)}…</span>
          </Fact>
        )}
        {numbers.map(({ path, value }) => (
          <Fact key={path} name={spacedName(path.replaceAll('.', ' '))}>
            <span class="numbers">{formatFigure(path, value)}</span>
          </Fact>
        ))}
      </Facts>
      <div class="row">
        <a class="button" href={linkTo(['runs', run, 'logs'], { stage: id })}>
          What it printed
        </a>
      </div>
    </section>
  );
}

const MOST_METRICS = 12;

function Variants({
  live,
  name,
  stages,
}: {
  readonly live: LiveRun;
  readonly name: string;
  readonly stages: readonly StageRun[];
}): JSX.Element {
  return (
    <section class="card stack" aria-label={`variants of ${name}`}>
      <h2>
        {name} <span class="soft">×{stages.length}</span>
      </h2>
      <ul class="variants">
        {stages.slice(0, MOST_VARIANTS).map((stage) => {
          const { sign, tone, word } = signOf(stage, live.progress.get(stage.id));
          return (
            <li key={stage.id}>
              <a href={linkTo(['runs', live.record.id], { stage: stage.id })}>
                <span class={`tone-${tone}`}>
                  <span class="sign" aria-hidden="true">
                    {sign}
                  </span>
                </span>
                <span>{axesText(stage)}</span>
                <span class="soft small numbers">
                  <span class="unseen">{word}, </span>
                  {wordsOf(stage, live.progress.get(stage.id))}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
      {stages.length <= MOST_VARIANTS ? null : (
        <p class="soft small">The first {MOST_VARIANTS}; all are in the table below the drawing.</p>
      )}
    </section>
  );
}

const MOST_VARIANTS = 60;

export function axesText({ id, variant }: { readonly id: StageId; readonly variant?: StageRun['variant'] }): string {
  if (variant === undefined) return id;
  return Object.entries(variant.axes)
    .map(([axis, value]) => `${axis} ${value}`)
    .join(', ');
}

export function Facts({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
