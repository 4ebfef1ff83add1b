import { filterSamples, mostTelling, rowOf, sampleAnswers, type Answers, type SampleAnswers } from './answers.ts';
import { softened } from './softened.ts';

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
  /** The names of two of its models. */
  readonly teacher: string;
  readonly student: string;
  readonly temperature?: number;
  /** Images of each kind, at most. */
  readonly most: { readonly telling: number; readonly differing: number };
}

export interface ChosenImages extends Omit<ShownImages, 'telling' | 'differing'> {
  readonly telling: readonly SampleAnswers[];
  readonly differing: readonly SampleAnswers[];
}

/** Without the pixels, which are then read for the chosen ones alone. */
export function chooseImages({ answers, most, ...own }: ImageSource): ChosenImages {
  const { teacher, student, temperature = usualTemperature } = own;
  const perClass = Math.max(1, Math.floor(most.telling / Math.max(1, answers.classes)));
  const telling = mostTelling(answers, { model: teacher, temperature, perClass }).slice(0, most.telling);
  const differing = filterSamples(answers, { differ: [teacher, student] });
  const surest = bySureness(differing, answers, student);
  return {
    ...own,
    telling: telling.map((index) => sampleAnswers(answers, index)),
    differing: surest.slice(0, most.differing).map((index) => sampleAnswers(answers, index)),
    differingCount: differing.length,
    count: answers.labels.length,
  };
}

/** To choose by where the student has none. */
const usualTemperature = 4;

function bySureness(indices: readonly number[], { logits, classes }: Answers, model: string): readonly number[] {
  const own = logits.get(model);
  if (own === undefined) return indices;
  const sure = new Map(indices.map((index) => [index, Math.max(...softened(rowOf(own, index, classes), 1))]));
  return [...indices].sort((a, b) => (sure.get(b) ?? 0) - (sure.get(a) ?? 0));
}
