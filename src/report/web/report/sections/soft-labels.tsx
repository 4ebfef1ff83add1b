import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RunPage } from '../../../page-data/run-page.ts';
import type { ShownImage, ShownImages } from '../../../page-data/shown-images.ts';
import { softened } from '../../../page-data/softened.ts';
import { SampleImage } from '../../charts/sample-image.tsx';
import { SoftLabelLines } from '../../charts/soft-label-lines.tsx';
import { Panel, Scroll, Section } from '../section.tsx';

export function SoftLabels({ images }: RunPage): JSX.Element | null {
  return images === undefined || images.telling.length === 0 ? null : <Told {...images} />;
}

const temperatures = [1, 2, 4, 8, 16];

function Told(images: ShownImages): JSX.Element {
  const { telling, teacher, student, split, shape, temperature: taught } = images;
  const [temperature, soften] = useState(taught ?? 4);
  const [chosen, choose] = useState(() => firstOf(telling, teacher));
  const image = telling.find(({ index }) => index === chosen) ?? telling[0];
  if (image === undefined) return <></>;
  const logits = image.logits[teacher] ?? [];
  return (
    <Section
      id="soft-labels"
      title="What the teacher knows"
      reading={
        <>
          A label names one class. The teacher says how likely it finds each of the others, too, and a student learns
          from that: the dark knowledge. These are {split} images that it gets right and is least sure of, some of each
          class; the higher the temperature, the more of it is seen.{' '}
          {taught === undefined ? '' : `The student was taught at temperature ${taught}.`}
        </>
      }
    >
      <label class="choice slider">
        temperature <output>{temperature}</output>
        <input
          type="range"
          min="1"
          max="20"
          step="0.5"
          value={temperature}
          onInput={(event) => {
            soften(Number(event.currentTarget.value));
          }}
        />
      </label>
      <div class="tiles" role="group" aria-label="images, with the teacher’s soft label of each">
        {telling.map((each) => (
          <Tile
            key={each.index}
            image={each}
            {...{ shape, teacher, temperature }}
            chosen={each.index === image.index}
            onChoose={() => {
              choose(each.index);
            }}
          />
        ))}
      </div>
      <div class="pair">
        <Panel title={`The soft label of the chosen image, by temperature`}>
          <SoftLabelLines logits={logits} label={image.label} taught={taught} />
        </Panel>
        <Panel title={'What each model says to it, in percent'}>
          <div class="beside-image">
            <SampleImage
              {...{ pixels: image.pixels, shape }}
              size={84}
              label={`the chosen image, of class ${image.label}`}
            />
            <span class="soft">
              {split} image {image.index}, of class {image.label}
            </span>
          </div>
          <Scroll label="soft labels in numbers">
            <Numbers {...{ image, teacher, student, taught }} />
          </Scroll>
        </Panel>
      </div>
    </Section>
  );
}

/** The one in which the teacher sees most of another class. */
function firstOf(telling: readonly ShownImage[], teacher: string): number {
  const seconds = telling.map(({ index, logits }) => {
    const [, second = 0] = [...softened(logits[teacher] ?? [], 1)].sort((a, b) => b - a);
    return { index, second };
  });
  return seconds.sort((a, b) => b.second - a.second)[0]?.index ?? 0;
}

interface TileProps {
  readonly image: ShownImage;
  readonly shape: readonly number[];
  readonly teacher: string;
  readonly temperature: number;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Tile({ image, shape, teacher, temperature, chosen, onChoose }: TileProps): JSX.Element {
  const soft = softened(image.logits[teacher] ?? [], temperature);
  const others = soft
    .map((probability, index) => ({ probability, index }))
    .filter(({ index }) => index !== image.label);
  const [next] = others.sort((a, b) => b.probability - a.probability);
  const words = next === undefined ? '' : `next ${next.index}, ${percent(next.probability)}`;
  return (
    <button type="button" class="tile" aria-pressed={chosen} onClick={onChoose}>
      <SampleImage {...{ pixels: image.pixels, shape }} size={48} label="" />
      <span class="unseen">
        image {image.index}, of class {image.label}: {percent(soft[image.label] ?? 0)}, {words}
      </span>
      <span class="bars" aria-hidden="true">
        {soft.length > 20
          ? null
          : soft.map((probability, index) => (
              <span key={index} class={index === image.label ? 'own' : ''}>
                <span style={{ height: `${Math.max(2, 100 * probability)}%` }} />
                <small>{index}</small>
              </span>
            ))}
      </span>
    </button>
  );
}

interface NumbersProps {
  readonly image: ShownImage;
  readonly teacher: string;
  readonly student: string;
  readonly taught: number | undefined;
}

function Numbers({ image, teacher, student, taught }: NumbersProps): JSX.Element {
  const logits = image.logits[teacher] ?? [];
  const classes = mainClasses(logits);
  const all = [...new Set([...temperatures, ...(taught === undefined ? [] : [taught])])].sort((a, b) => a - b);
  const others = Object.keys(image.logits)
    .filter((model) => model !== teacher && (model === student || !model.includes('@')))
    .sort((a, b) => Number(b === student) - Number(a === student));
  return (
    <table class="shares">
      <caption class="unseen">probabilities by class, in percent</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          {classes.map((index) => (
            <th key={index} scope="col" class="number">
              {index}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map((temperature) => (
          <Shares
            key={temperature}
            name={temperature === 1 ? teacher : `at temperature ${temperature}`}
            probabilities={softened(logits, temperature)}
            classes={classes}
            label={image.label}
          />
        ))}
        {others.map((model) => (
          <Shares
            key={model}
            name={model}
            probabilities={softened(image.logits[model] ?? [], 1)}
            classes={classes}
            label={image.label}
          />
        ))}
      </tbody>
    </table>
  );
}

interface SharesProps {
  readonly name: string;
  readonly probabilities: readonly number[];
  readonly classes: readonly number[];
  readonly label: number;
}

function Shares({ name, probabilities, classes, label }: SharesProps): JSX.Element {
  return (
    <tr>
      <th scope="row">{name}</th>
      {classes.map((index) => (
        <td
          key={index}
          class={index === label ? 'number own' : 'number'}
          style={{ '--share': `${(60 * (probabilities[index] ?? 0)).toFixed(1)}%` }}
        >
          {inPercent(probabilities[index] ?? 0)}
        </td>
      ))}
    </tr>
  );
}

/** All of a few, else the ten that the teacher finds likeliest, in their order. */
function mainClasses(logits: readonly number[]): readonly number[] {
  const all = logits.map((_, index) => index);
  if (all.length <= 10) return all;
  const likeliest = all.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0)).slice(0, 10);
  return likeliest.sort((a, b) => a - b);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}

/** Without the sign, which stands above. */
function inPercent(share: number): string {
  return (100 * share).toFixed(share < 0.0995 ? 1 : 0);
}
