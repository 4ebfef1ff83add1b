import { StageFailure, type StageRunner } from 'distill-pipeline';
import { toCsv } from './csv.ts';

interface Options {
  readonly model: string;
  readonly split: string;
  readonly normalize: boolean;
  readonly pairs: number;
}

interface Evaluation {
  readonly models: Readonly<Record<string, { readonly splits: Readonly<Record<string, { confusion: number[][] }>> }>>;
}

export const run: StageRunner = async (context) => {
  const { model, split, normalize, pairs } = context.options as unknown as Options;
  const file = await context.inputs['evaluation']?.read('evaluation.json');
  const { models } = JSON.parse(new TextDecoder().decode(file)) as Evaluation;
  const measured = models[model];
  if (measured === undefined) {
    const hint = `it has ${Object.keys(models).join(', ')}`;
    throw new StageFailure('bad-option', `the evaluation has no model "${model}"`, { pointer: '/with/model', hint });
  }
  const confusion = measured.splits[split]?.confusion;
  if (confusion === undefined) {
    throw new StageFailure('bad-option', `${model} was not measured on ${split}`, { pointer: '/with/split' });
  }
  const mistakes = mistakesIn(confusion).slice(0, pairs);
  await context.write('confusion.csv', encode(toCsv(normalize ? confusion.map(shares) : confusion)));
  await context.write('mistakes.json', encode(`${JSON.stringify(mistakes, null, 2)}\n`));
  const [worst] = mistakes;
  return { metrics: worst === undefined ? { mistakes: 0 } : { mistakes: total(confusion), most: { ...worst } } };
};

/** Rows are true classes, columns predicted ones; the most frequent first. */
function mistakesIn(confusion: readonly (readonly number[])[]) {
  const all = confusion.flatMap((row, actual) => row.map((count, predicted) => ({ actual, predicted, count })));
  const wrong = all.filter(({ actual, predicted, count }) => actual !== predicted && count > 0);
  return wrong.sort((a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted);
}

function total(confusion: readonly (readonly number[])[]): number {
  return mistakesIn(confusion).reduce((sum, { count }) => sum + count, 0);
}

function shares(row: readonly number[]): number[] {
  const sum = row.reduce((a, b) => a + b, 0);
  return row.map((count) => (sum === 0 ? 0 : count / sum));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
