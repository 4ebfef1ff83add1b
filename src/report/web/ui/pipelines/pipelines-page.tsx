import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ExplainedPlan } from '../../../../core/explained-plan.ts';
import type { PipelineFile, ProjectAnswer, Refusal } from '../../../../ui/protocol.ts';
import { counted, formatBytes, formatSeconds } from '../../../format.ts';
import { Dag } from '../../charts/dag/dag.tsx';
import { linkTo } from '../address.ts';
import { queryNow, replaceAddress, useAddress } from '../use-address.ts';
import { Answered, Refused } from '../answered.tsx';
import { DagOptions } from '../dag-options.tsx';
import { Notice, Title } from '../pieces.tsx';
import { refusalOf, server } from '../server.ts';
import { token } from '../token.ts';
import { useAsked } from '../use-asked.ts';
import { planBoxes } from './plan-boxes.ts';
import { PlannedStages } from './planned-stages.tsx';

/** A pipeline of the project: what would run and why, with parameters as a person sets them, and the start of it. */
export function PipelinesPage(): JSX.Element {
  const asked = useAsked((each, signal) => each.project(signal));
  return (
    <>
      <Title name="Plan and start" />
      {token() === '' ? (
        <Notice tone="warn">
          This page was opened without the token of its server, so it can only show. Open the address that{' '}
          <code>pipeline ui</code> printed.
        </Notice>
      ) : (
        <Answered asked={asked}>{(project) => <Pipelines project={project} />}</Answered>
      )}
    </>
  );
}

function Pipelines({ project }: { readonly project: ProjectAnswer }): JSX.Element {
  const { query } = useAddress();
  const [first] = project.pipelines;
  if (first === undefined) {
    return (
      <p class="card">
        There is no pipeline in this project: none that has run, and none in <code>pipelines/</code>.
      </p>
    );
  }
  const chosen = project.pipelines.find(({ file }) => file === query.get('file')) ?? first;
  return (
    <>
      <label class="field">
        pipeline
        <select
          value={chosen.file}
          onChange={(event) => {
            replaceAddress(linkTo(['pipelines'], { file: event.currentTarget.value }));
          }}
        >
          {project.pipelines.map(({ file }) => (
            <option key={file}>{file}</option>
          ))}
        </select>
      </label>
      <Pipeline key={chosen.file} pipeline={chosen} set={query.getAll('set')} stage={query.get('stage') ?? ''} />
    </>
  );
}

interface PipelineProps {
  readonly pipeline: PipelineFile;
  /** `temperature=8` */
  readonly set: readonly string[];
  readonly stage: string;
}

function Pipeline({ pipeline: { file, params = {} }, set, stage }: PipelineProps): JSX.Element {
  const asked = useAsked((each, signal) => each.plan({ file, set }, signal), { of: [file, set.join('\n')] });
  const [refusal, setRefusal] = useState<Refusal>();
  const [starting, setStarting] = useState(false);
  const go = (change: { readonly set?: readonly string[]; readonly stage?: string }): void => {
    const now = queryNow();
    const kept = { set: now.getAll('set'), stage: now.get('stage') ?? '' };
    replaceAddress(linkTo(['pipelines'], { file, ...kept, ...change }));
  };
  const start = (): void => {
    setStarting(true);
    server.start({ file, set: queryNow().getAll('set') }).then(
      ({ run }) => {
        location.hash = linkTo(['runs', run]);
      },
      (error: unknown) => {
        setRefusal(refusalOf(error));
        setStarting(false);
      },
    );
  };
  return (
    <>
      <div class="card row spread" style={{ alignItems: 'end' }}>
        <div class="row">
          {Object.entries(params).map(([name, value]) => (
            <Param
              key={name}
              name={name}
              value={textOf(value)}
              set={set.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)}
              change={(text) => {
                const others = queryNow()
                  .getAll('set')
                  .filter((each) => !each.startsWith(`${name}=`));
                go({ set: text === undefined ? others : [...others, `${name}=${text}`] });
              }}
            />
          ))}
          {Object.keys(params).length === 0 ? <span class="soft">It has no parameters.</span> : null}
        </div>
        <button type="button" class="button main" disabled={starting || asked.refusal !== undefined} onClick={start}>
          {starting ? 'Starting…' : 'Start a run'}
        </button>
      </div>
      {refusal === undefined ? null : <Refused refusal={refusal} />}
      <Answered asked={asked}>{(plan) => <Plan plan={plan} file={file} set={set} stage={stage} go={go} />}</Answered>
    </>
  );
}

interface ParamProps {
  readonly name: string;
  /** As the file has it. */
  readonly value: string;
  /** As it was set, where it was. */
  readonly set: string | undefined;
  readonly change: (text: string | undefined) => void;
}

function Param({ name, value, set, change }: ParamProps): JSX.Element {
  /** What is being typed. */
  const [draft, setDraft] = useState<string>();
  const text = draft ?? set ?? value;
  // By what the field holds: a key can come before what was typed is drawn.
  const say = (typed: string): void => {
    if (typed !== (set ?? value)) change(typed === value || typed.trim() === '' ? undefined : typed);
    setDraft(undefined);
  };
  return (
    <label class="param">
      <span>
        {name}
        {set === undefined ? null : <span class="soft"> was {value}</span>}
      </span>
      <input
        type="text"
        size={Math.min(24, Math.max(6, text.length + 1))}
        value={text}
        onInput={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={(event) => {
          say(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') say(event.currentTarget.value);
        }}
      />
    </label>
  );
}

interface PlanProps {
  readonly plan: ExplainedPlan;
  readonly file: string;
  readonly set: readonly string[];
  readonly stage: string;
  readonly go: (change: { readonly stage: string }) => void;
}

function Plan({ plan, file, set, stage, go }: PlanProps): JSX.Element {
  const [apart, setApart] = useState(false);
  const [fits, setFits] = useState(false);
  const varies = plan.stages.some(({ variant }) => variant !== undefined);
  return (
    <div class="beside">
      <div class="stack" style={{ gap: '0.5rem' }}>
        <p role="status">{planSummary(plan)}</p>
        <Dag
          stages={planBoxes(plan, apart)}
          chosen={stage === '' ? undefined : stage}
          zoom={fits ? 'fit' : 'readable'}
          onChoose={(id) => {
            go({ stage: id === stage ? '' : id });
          }}
        />
        <DagOptions {...{ varies, apart, setApart, fits, setFits }} />
      </div>
      <PlannedStages plan={plan} file={file} set={set} box={stage} />
    </div>
  );
}

function planSummary({ stages, expected, saved }: ExplainedPlan): string {
  const count = (status: string): number => stages.filter((stage) => stage.status === status).length;
  const [runs, unknown, hits] = [count('miss'), count('unknown'), count('hit')];
  const will = [
    runs === 0 ? '' : `${counted(runs, 'stage')} would run`,
    unknown === 0 ? '' : `${unknown} known later`,
    hits === 0 ? '' : `${hits} reused`,
  ].filter((part) => part !== '');
  const work =
    runs + unknown === 0
      ? ''
      : `; about ${formatSeconds(expected.seconds)} of work, ${formatBytes(expected.bytes)} to store`;
  const reuse = hits === 0 ? '' : `; reuse saves ${formatSeconds(saved.seconds)}`;
  return `${will.join(', ')}${work}${reuse}.`;
}

/** As `--set` takes it. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
