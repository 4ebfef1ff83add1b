import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ExplainedKey, ExplainedPlan, ExplainedStage } from '../../../../core/explained-plan.ts';
import { formatBytes } from '../../../format.ts';
import { Answered } from '../answered.tsx';
import { Chip } from '../pieces.tsx';
import { axesText, Fact, Facts } from '../run/stage-panel.tsx';
import { useAsked } from '../use-asked.ts';
import { changeWords, planSigns, planWords, stagesOf } from './plan-boxes.ts';

interface PlannedStagesProps {
  readonly plan: ExplainedPlan;
  readonly file: string;
  readonly set: readonly string[];
  /** The one that was chosen in the drawing; empty for none. */
  readonly box: string;
}

/** Why a stage would run: beside the drawing, for the chosen one or for all that would run. */
export function PlannedStages({ plan, file, set, box }: PlannedStagesProps): JSX.Element {
  const own = box === '' ? [] : stagesOf(plan, box);
  const [only, ...others] = own;
  if (only !== undefined && others.length === 0) return <OneStage stage={only} file={file} set={set} />;
  const shown = own.length > 0 ? own : plan.stages.filter(({ status }) => status !== 'hit');
  return (
    <section class="card stack" aria-label="what would run">
      <h2>{own.length > 0 ? `${box} ×${own.length}` : 'What would run'}</h2>
      {shown.length === 0 ? <p class="soft">Nothing: all of it is in the store.</p> : null}
      <ul class="variants">
        {shown.slice(0, MOST).map((stage) => {
          const { sign, tone } = planSigns[stage.status];
          return (
            <li key={stage.stage}>
              <span class={`tone-${tone}`}>
                <span class="sign" aria-hidden="true">
                  {sign}
                </span>
              </span>
              <span>
                {own.length > 0 ? axesText({ id: stage.stage, variant: stage.variant }) : stage.stage}
                <span class="small soft"> {planWords(stage)}</span>
                <Reasons stage={stage} />
              </span>
            </li>
          );
        })}
      </ul>
      {shown.length <= MOST ? null : <p class="small soft">and {shown.length - MOST} more</p>}
      {own.length > 0 ? null : <p class="small soft">Choose a stage for its key and its reasons.</p>}
    </section>
  );
}

const MOST = 40;

function OneStage({
  stage,
  file,
  set,
}: Omit<PlannedStagesProps, 'plan' | 'box'> & { readonly stage: ExplainedStage }): JSX.Element {
  const [explained, setExplained] = useState('');
  const { stage: id, type, status, bytes, key } = stage;
  return (
    <section class="card stack" aria-label={`stage ${id}`}>
      <div class="row spread">
        <h2 style={{ overflowWrap: 'anywhere' }}>{id}</h2>
        <Chip sign={planSigns[status]} />
      </div>
      <p>{planWords(stage)}</p>
      <Reasons stage={stage} />
      <Facts>
        <Fact name="type">{type}</Fact>
        {bytes === undefined ? null : <Fact name="in the store">{formatBytes(bytes)}</Fact>}
        {key === undefined ? null : (
          <Fact name="key">
            <span class="code">{key.slice(0, 16)}…</span>
          </Fact>
        )}
      </Facts>
      {explained === id ? (
        <Why file={file} set={set} stage={id} />
      ) : (
        <button
          type="button"
          class="button"
          onClick={() => {
            setExplained(id);
          }}
        >
          What its key is made of
        </button>
      )}
    </section>
  );
}

function Reasons({ stage: { reason, changes = [], problem } }: { readonly stage: ExplainedStage }): JSX.Element | null {
  if (problem !== undefined) {
    return (
      <p class="notice tone-bad small">
        {problem.message} {problem.hint}
      </p>
    );
  }
  if (changes.length === 0) return reason === undefined ? null : <p class="small">{reason}</p>;
  return (
    <ul class="changes">
      {changes.slice(0, 8).map((change) => (
        <li key={change.pointer + change.component}>
          {changeWords(change)}
          {change.where === undefined ? null : <span class="soft code"> {change.where}</span>}
        </li>
      ))}
    </ul>
  );
}

function Why({
  file,
  set,
  stage,
}: {
  readonly file: string;
  readonly set: readonly string[];
  readonly stage: string;
}): JSX.Element {
  const asked = useAsked((each, signal) => each.why({ file, set, stage }, signal), {
    of: [file, set.join('\n'), stage],
  });
  return (
    <Answered asked={asked}>
      {(keys) => (
        <>
          {keys.map((key) => (
            <Key key={key.stage} explained={key} />
          ))}
        </>
      )}
    </Answered>
  );
}

function Key({ explained }: { readonly explained: ExplainedKey }): JSX.Element {
  if (explained.status === 'unknown') return <p>Its key is known after {explained.waitsFor.join(', ')}.</p>;
  if (explained.status === 'skipped') return <p>{explained.reason}</p>;
  const { preimage, nearest } = explained;
  return (
    <div class="stack" style={{ gap: '0.5rem' }}>
      {nearest === undefined ? null : (
        <p class="small">
          The nearest earlier result is of {new Date(nearest.createdAt).toLocaleString()}
          {nearest.changes.length === 0 ? '.' : `, and differs in ${nearest.changes.map(changeWords).join('; ')}.`}
        </p>
      )}
      <pre tabIndex={0} aria-label={`the parts of the key of ${explained.stage}`}>
        {JSON.stringify(preimage, undefined, 2)}
      </pre>
    </div>
  );
}
