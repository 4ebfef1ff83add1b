import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SamplesAnswer } from '../../../../ui/protocol.ts';
import type { ShownImage } from '../../../page-data/shown-images.ts';
import { rankOf, roleOf } from '../../../page-data/roles.ts';
import { chosenClass } from '../../../page-data/softened.ts';
import { counted } from '../../../format.ts';
import { ClassBars } from '../../charts/class-bars.tsx';
import { SampleImage } from '../../charts/sample-image.tsx';
import { SoftLabelLines } from '../../charts/soft-label-lines.tsx';
import { Temperature } from '../../charts/temperature.tsx';
import { linkTo } from '../address.ts';
import { replaceAddress, useAddress } from '../use-address.ts';
import { Answered } from '../answered.tsx';
import { Select } from '../select.tsx';
import type { LiveRun } from '../run/live-run.ts';
import { useAsked } from '../use-asked.ts';

/** Image by image, what the models of an evaluation answer: at a temperature, what the teacher knows beside its answer. */
export function SamplesView({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const { query } = useAddress();
  const evaluations = record.stages.filter(({ artifact }) => artifact?.kind === 'evaluation').map(({ id }) => id);
  const [first] = evaluations;
  if (first === undefined) {
    return (
      <p class="card soft">
        Samples are seen when a stage of the type evaluate has ended; this run has none
        {record.status === 'running' ? ' yet' : ''}.
      </p>
    );
  }
  const choice: Choice = {
    stage: evaluations.find((id) => id === query.get('stage')) ?? first,
    split: query.get('split') ?? '',
    label: query.get('label') ?? '',
    show: query.get('show') ?? '',
    from: query.get('from') ?? '',
  };
  const go = (change: Partial<Choice>): void => {
    replaceAddress(linkTo(['runs', record.id, 'samples'], { ...choice, from: '', ...change }));
  };
  return <Samples run={record.id} evaluations={evaluations} choice={choice} go={go} />;
}

interface Choice {
  readonly stage: string;
  readonly split: string;
  readonly label: string;
  /** `wrong:student`, `differ:teacher,student`; empty for all. */
  readonly show: string;
  readonly from: string;
}

interface SamplesProps {
  readonly run: string;
  readonly evaluations: readonly string[];
  readonly choice: Choice;
  readonly go: (change: Partial<Choice>) => void;
}

const PAGE = 40;

function Samples({ run, evaluations, choice, go }: SamplesProps): JSX.Element {
  const { stage, split, label, show, from } = choice;
  const [kind, names = ''] = show.split(':');
  const [one, other] = names.split(',');
  const asked = useAsked(
    (each, signal) =>
      each.samples(
        run,
        stage,
        {
          ...(split === '' ? {} : { split }),
          ...(label === '' ? {} : { label: Number(label) }),
          ...(kind === 'wrong' && one !== undefined ? { wrong: one } : {}),
          ...(kind === 'differ' && one !== undefined && other !== undefined ? { differ: [one, other] as const } : {}),
          offset: Number(from) || 0,
          limit: PAGE,
        },
        signal,
      ),
    { of: [run, stage, split, label, show, from] },
  );
  // The form stays while the next images are on their way.
  const [last, setLast] = useState<SamplesAnswer>();
  if (asked.answer !== undefined && asked.answer !== last) setLast(asked.answer);
  return (
    <div class="stack">
      {last === undefined ? null : <Filters evaluations={evaluations} choice={choice} go={go} answer={last} />}
      <Answered asked={asked}>{(answer) => <Gallery answer={answer} choice={choice} go={go} />}</Answered>
    </div>
  );
}

interface FiltersProps extends Pick<SamplesProps, 'evaluations' | 'choice' | 'go'> {
  readonly answer: SamplesAnswer;
}

function Filters({ evaluations, choice, go, answer }: FiltersProps): JSX.Element {
  const { splits, samples } = answer;
  const models = byRole(answer.models);
  const classes = Object.values(samples[0]?.logits ?? {})[0]?.length ?? 10;
  const teacher = models.find((name) => roleOf(name) === 'teacher');
  const shows = [
    { value: '', words: 'all' },
    ...models.map((name) => ({ value: `wrong:${name}`, words: `${name} is wrong` })),
    ...models
      .filter((name) => teacher !== undefined && name !== teacher)
      .map((name) => ({ value: `differ:${teacher ?? ''},${name}`, words: `${teacher ?? ''} and ${name} differ` })),
  ];
  return (
    <form
      class="row"
      aria-label="samples"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      {evaluations.length < 2 ? null : (
        <Select
          name="evaluation"
          value={choice.stage}
          options={evaluations.map(plain)}
          change={(stage) => {
            go({ stage, show: '' });
          }}
        />
      )}
      <Select
        name="images"
        value={choice.split === '' ? (splits[0] ?? '') : choice.split}
        options={splits.map(plain)}
        change={(split) => {
          go({ split });
        }}
      />
      <Select
        name="show"
        value={choice.show}
        options={shows}
        change={(show) => {
          go({ show });
        }}
      />
      <Select
        name="class"
        value={choice.label}
        options={[{ value: '', words: 'any' }, ...Array.from({ length: classes }, (_, index) => plain(String(index)))]}
        change={(label) => {
          go({ label });
        }}
      />
    </form>
  );
}

function plain(value: string): { readonly value: string; readonly words: string } {
  return { value, words: value };
}

interface GalleryProps extends Pick<SamplesProps, 'choice' | 'go'> {
  readonly answer: SamplesAnswer;
}

function Gallery({ answer: { total, shape, models, samples }, choice, go }: GalleryProps): JSX.Element {
  const [seen, setSeen] = useState(samples[0]?.index);
  const sample = samples.find(({ index }) => index === seen) ?? samples[0];
  const from = Number(choice.from) || 0;
  if (sample === undefined) return <p class="card soft">No image passes.</p>;
  return (
    <div class="beside inspector">
      <div class="stack">
        <ul class="tiles">
          {samples.map((each) => (
            <li key={each.index}>
              <button
                type="button"
                class={`tile ${models.some((name) => isWrong(each, name)) ? 'wrong' : ''}`}
                aria-pressed={each === sample}
                aria-label={tileWords(each, models)}
                onClick={() => {
                  setSeen(each.index);
                }}
              >
                <SampleImage pixels={each.pixels} shape={shape} label={`a ${each.label}`} size={56} />
              </button>
            </li>
          ))}
        </ul>
        <div class="row small">
          <span class="soft" role="status">
            {from + 1} to {from + samples.length} of {counted(total, 'image')}; ✕ where a model is wrong
          </span>
          <button
            type="button"
            class="button"
            disabled={from === 0}
            onClick={() => {
              go({ from: String(Math.max(0, from - PAGE)) });
            }}
          >
            Before
          </button>
          <button
            type="button"
            class="button"
            disabled={from + PAGE >= total}
            onClick={() => {
              go({ from: String(from + PAGE) });
            }}
          >
            Next
          </button>
        </div>
      </div>
      <Inspected sample={sample} shape={shape} models={models} />
    </div>
  );
}

interface InspectedProps {
  readonly sample: ShownImage;
  readonly shape: readonly number[];
  readonly models: readonly string[];
}

function Inspected({ sample, shape, models }: InspectedProps): JSX.Element {
  const [temperature, setTemperature] = useState(1);
  const said = byRole(models).map((name) => ({ name, role: roleOf(name), logits: sample.logits[name] ?? [] }));
  const teacher = said.find(({ role }) => role === 'teacher');
  return (
    <section class="card stack" aria-label={`image ${sample.index}`}>
      <div class="row">
        <SampleImage pixels={sample.pixels} shape={shape} label={`image ${sample.index}`} size={112} />
        <div>
          <h2>a {sample.label}</h2>
          <p class="small soft">image {sample.index}</p>
        </div>
      </div>
      <Temperature temperature={temperature} change={setTemperature} />
      <div class="scroll">
        <ClassBars models={said} temperature={temperature} label={sample.label} />
      </div>
      {teacher === undefined ? null : (
        <>
          <h3>The teacher's soft label by temperature</h3>
          <SoftLabelLines logits={teacher.logits} label={sample.label} />
        </>
      )}
    </section>
  );
}

function byRole(models: readonly string[]): readonly string[] {
  return [...models].sort((a, b) => rankOf(roleOf(a)) - rankOf(roleOf(b)));
}

function isWrong({ logits, label }: ShownImage, name: string): boolean {
  const own = logits[name];
  return own !== undefined && chosenClass(own) !== label;
}

function tileWords(sample: ShownImage, models: readonly string[]): string {
  const answers = models.map((name) => `${name} says ${chosenClass(sample.logits[name] ?? [])}`);
  return `image ${sample.index}, a ${sample.label}: ${answers.join(', ')}`;
}
