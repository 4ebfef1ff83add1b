import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import type { ShownImage, ShownImages } from '../../../page-data/shown-images.ts';
import { chosenClass, softened } from '../../../page-data/softened.ts';
import { SampleImage } from '../../charts/sample-image.tsx';
import { Choice, Section } from '../section.tsx';

export function Differences({ images }: RunPage): JSX.Element | null {
  return images === undefined ? null : <Gallery {...images} />;
}

const all = 'all';

function Gallery({ differing, differingCount, count, teacher, student, split, shape }: ShownImages): JSX.Element {
  const kinds: Readonly<Record<string, (image: ShownImage) => boolean>> = {
    [all]: () => true,
    'the teacher is right': (image) => isRight(image, teacher),
    'the student is right': (image) => isRight(image, student),
    'neither is right': (image) => !isRight(image, teacher) && !isRight(image, student),
  };
  const [kind, choose] = useState(all);
  const shown = differing.filter(kinds[kind] ?? (() => true));
  const some =
    differing.length < differingCount
      ? ` Here are ${differing.length} of them, those of which the student is surest.`
      : '';
  return (
    <Section
      id="differences"
      title="Where they differ"
      reading={`Teacher and student answer differently to ${formatCount(differingCount)} of ${formatCount(count)} ${split} images.${some} The percentage is how sure each is of its answer; ✓ is right, ✕ is wrong.`}
    >
      {differing.length === 0 ? null : (
        <Choice label="show" options={Object.keys(kinds)} chosen={kind} onChoose={choose} />
      )}
      <ul class="gallery">
        {shown.map((image) => (
          <li key={image.index}>
            <SampleImage
              {...{ pixels: image.pixels, shape }}
              size={72}
              label={`image ${image.index}, of class ${image.label}`}
            />
            <div>
              <strong>class {image.label}</strong>
              <Answer name={teacher} image={image} />
              <Answer name={student} image={image} />
            </div>
          </li>
        ))}
      </ul>
      {shown.length === 0 && differing.length > 0 ? <p class="soft">None of those that are kept here.</p> : null}
    </Section>
  );
}

function Answer({ name, image }: { readonly name: string; readonly image: ShownImage }): JSX.Element {
  const logits = image.logits[name] ?? [];
  const answer = chosenClass(logits);
  const right = answer === image.label;
  return (
    <div class="answer">
      <span class={right ? 'tone-good sign' : 'tone-bad sign'}>{right ? '✓' : '✕'}</span>
      <span class="unseen">{right ? 'right' : 'wrong'}: </span>
      {name} {answer}
      <span class="soft"> {(100 * (softened(logits, 1)[answer] ?? 0)).toFixed(0)}%</span>
    </div>
  );
}

function isRight(image: ShownImage, model: string): boolean {
  return chosenClass(image.logits[model] ?? []) === image.label;
}
