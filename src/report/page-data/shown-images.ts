import { filterSamples, mostTelling, sampleAnswers, type Answers, type SampleAnswers } from './answers.ts';
import { roleOf } from './roles.ts';

/** Some images of a split that an evaluation looked at, and what its models say to them. Plain JSON. */
export interface ShownImages {
  /** Of the evaluation. */
  readonly stage: string;
  readonly split: string;
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  readonly teacher: string;
  readonly student: string;
  /** At which the student was taught, where it is one number. */
  readonly temperature?: number;
  /** The teacher's most telling right answers, of each class, by class. */
  readonly telling: readonly ShownImage[];
  /** Where the two answer differently: the surest of the student first. */
  readonly differing: readonly ShownImage[];
  /** Images to which the two answer differently, in all. */
  readonly differingCount: number;
  /** Images of the split. */
  readonly count: number;
}

export interface ShownImage extends SampleAnswers {
  /** Bytes, row-major, in base64. */
  readonly pixels: string;
}

export interface ImageSource {
  readonly stage: string;
  readonly split: string;
  readonly shape: readonly number[];
  readonly answers: Answers;
  readonly temperature?: number;
  /** Of so many images at most, each. */
  readonly most: number;
}

export interface ChosenImages extends Omit<ShownImages, 'telling' | 'differing'> {
  readonly telling: readonly SampleAnswers[];
  readonly differing: readonly SampleAnswers[];
}

/** Without the pixels, which are read for the chosen ones alone. Undefined where there is no teacher with a student. */
export function chooseImages({
  stage,
  split,
  shape,
  answers,
  temperature,
  most,
}: ImageSource): ChosenImages | undefined {
  const models = [...answers.logits.keys()];
  const [teacher, student] = (['teacher', 'student'] as const).map((role) =>
    models.find((name) => roleOf(name) === role),
  );
  if (teacher === undefined || student === undefined) return undefined;
  const perClass = Math.max(1, Math.floor(most / Math.max(1, answers.classes)));
  const telling = mostTelling(answers, { model: teacher, temperature: temperature ?? 4, perClass }).slice(0, most);
  const differing = filterSamples(answers, { differ: [teacher, student] });
  return {
    ...{ stage, split, shape, teacher, student, ...(temperature === undefined ? {} : { temperature }) },
    telling: telling.map((index) => sampleAnswers(answers, index)),
    differing: differing.slice(0, most).map((index) => sampleAnswers(answers, index)),
    differingCount: differing.length,
    count: answers.labels.length,
  };
}
