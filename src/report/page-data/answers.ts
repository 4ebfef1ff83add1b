/** What models answered to the images of a split, and which of them are worth looking at. Pure: for the report, the server and the page. */
import { chosenClass, softened } from './softened.ts';

/** Of one evaluation on one split. */
export interface Answers {
  readonly classes: number;
  /** The class of each image. */
  readonly labels: Uint8Array;
  /** By model, [count, classes] each. */
  readonly logits: ReadonlyMap<string, Float32Array>;
}

/** One image with what each model says to it. Plain JSON. */
export interface SampleAnswers {
  /** Of the image in its split. */
  readonly index: number;
  readonly label: number;
  /** By model. */
  readonly logits: Readonly<Record<string, readonly number[]>>;
}

export interface SampleFilter {
  /** Only images of this class. */
  readonly label?: number;
  /** Only images to which this model answers wrongly. */
  readonly wrong?: string;
  /** Only images to which these two answer differently. */
  readonly differ?: readonly [first: string, second: string];
}

/** Indices of the images that pass, ascending. A model that there is not lets none pass. */
export function filterSamples({ labels, logits, classes }: Answers, filter: SampleFilter): readonly number[] {
  const { label, wrong, differ } = filter;
  const predicted = (model: string): ((index: number) => number) => {
    const own = logits.get(model);
    return (index) => (own === undefined ? NaN : chosenClass(rowOf(own, index, classes)));
  };
  const tests: ((index: number) => boolean)[] = [];
  if (label !== undefined) tests.push((index) => labels[index] === label);
  if (wrong !== undefined) {
    const own = predicted(wrong);
    tests.push((index) => logits.has(wrong) && own(index) !== labels[index]);
  }
  if (differ !== undefined) {
    const [first, second] = differ.map(predicted);
    tests.push((index) => differ.every((model) => logits.has(model)) && first?.(index) !== second?.(index));
  }
  const all = Array.from({ length: labels.length }, (_, index) => index);
  return all.filter((index) => tests.every((test) => test(index)));
}

export function sampleAnswers({ labels, logits, classes }: Answers, index: number): SampleAnswers {
  const rows = [...logits].map(([model, own]) => [model, Array.from(rowOf(own, index, classes), rounded)] as const);
  return { index, label: labels[index] ?? 0, logits: Object.fromEntries(rows) };
}

/**
 * Of each class the images whose soft labels tell most: the model is right, and its probabilities at this temperature are the most
 * spread out.
 */
export function mostTelling(
  answers: Answers,
  { model, temperature, perClass }: { readonly model: string; readonly temperature: number; readonly perClass: number },
): readonly number[] {
  const logits = answers.logits.get(model);
  if (logits === undefined) return [];
  const found = Array.from({ length: answers.labels.length }, (_, index) => {
    const row = rowOf(logits, index, answers.classes);
    const label = answers.labels[index] ?? 0;
    return { index, label, right: chosenClass(row) === label, spread: entropy(softened(row, temperature)) };
  })
    .filter(({ right }) => right)
    .sort((a, b) => a.label - b.label || b.spread - a.spread || a.index - b.index);
  const taken = new Map<number, number>();
  return found.flatMap(({ index, label }) => {
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < perClass ? [index] : [];
  });
}

export function rowOf(logits: Float32Array, index: number, classes: number): Float32Array {
  return logits.subarray(index * classes, (index + 1) * classes);
}

function entropy(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/** Enough for any picture. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
