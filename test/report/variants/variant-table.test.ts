import { describe, expect, test } from '@jest/globals';
import { makeStyle } from '../../../src/report/style.ts';
import { renderVariants, variantTable } from '../../../src/report/variants/variant-table.ts';

const layout = { style: makeStyle(false), width: Infinity };
const scores = (accuracy: number) => ({ validation: { accuracy, loss: 1 - accuracy }, parameters: 7850 });

async function linesOf(...args: Parameters<typeof variantTable>): Promise<string[] | undefined> {
  return (await renderVariants(variantTable(...args), layout))?.split('\n');
}

describe('the variants of a stage', () => {
  test('are rows in the order of their axes: numbers by size, others as they came', async () => {
    const stages = [4, 1].flatMap((temperature) =>
      ['small', 'big'].map((model) => ({
        axes: { temperature, model },
        metrics: scores(temperature / 8),
        isEvaluation: false,
      })),
    );
    expect(await linesOf(stages, { shown: ['accuracy'], title: 'model' })).toEqual([
      'temperature  model  validation accuracy',
      '          1  small               12.50%',
      '          1  big                 12.50%',
      '          4  small               50.00%',
      '          4  big                 50.00%',
    ]);
  });

  test('replicates are one row: mean and standard deviation', async () => {
    const stages = [0.5, 0.7, 0.6].map((accuracy, replicate) => ({
      ...{ axes: { temperature: 4, replicate }, metrics: scores(accuracy), isEvaluation: false },
    }));
    expect(await linesOf(stages, { shown: ['accuracy'], title: 'model' })).toEqual([
      'temperature  validation accuracy',
      '          4      60.00% ± 10.00%',
      'mean ± standard deviation of 3 replicates',
    ]);
  });

  test('of other figures, too, the mean is no finer than the deviation', async () => {
    const stages = [0.2388, 0.2588, 0.2].map((loss, replicate) => ({
      ...{ axes: { replicate }, metrics: { loss, steps: 1200 + 100 * replicate }, isEvaluation: false },
    }));
    expect(await linesOf(stages, { shown: ['loss', 'steps'], title: 'model' })).toEqual([
      '         loss       steps',
      '0.233 ± 0.030  1300 ± 100',
      'mean ± standard deviation of 3 replicates',
    ]);
  });

  test('evaluations give a row for each model, once where all have the same, gathered or not', async () => {
    const gathered = [0, 1].map((replicate) => ({
      axes: { replicate },
      metrics: {
        'student@temperature=16': scores(0.5 + replicate / 10),
        'student@temperature=2': scores(0.25),
        teacher: scores(0.9),
        note: 'not a model',
      },
      isEvaluation: true,
    }));
    const expected = [
      'model    temperature  validation accuracy',
      'teacher                            90.00%',
      'student            2              25.00%',
      'student           16      55.00% ± 7.07%',
      'mean ± standard deviation of 2 replicates',
    ];
    const trimmed = (lines: string[] | undefined) => lines?.map((line) => line.replace(/ +/g, ' '));
    const shown = { shown: ['accuracy'], title: 'model' };
    expect(trimmed(await linesOf(gathered, shown))).toEqual(trimmed(expected));

    const each = [0, 1].flatMap((replicate) =>
      [2, 16].map((temperature) => ({
        axes: { temperature, replicate },
        metrics: { student: scores(temperature === 2 ? 0.25 : 0.5 + replicate / 10), teacher: scores(0.9) },
        isEvaluation: true,
      })),
    );
    expect(trimmed(await linesOf(each, shown))).toEqual(trimmed(expected));
  });

  test('figures of which nothing is known are all shown, and nothing where there are none', async () => {
    const stages = [1, 2].map((size) => ({
      axes: { size },
      metrics: { images: { train: 10 * size } },
      isEvaluation: false,
    }));
    expect(await linesOf(stages, { shown: ['accuracy'], title: 'model' })).toEqual([
      'size  images train',
      '   1            10',
      '   2            20',
    ]);
    expect(
      variantTable([{ axes: { a: 1 }, metrics: {}, isEvaluation: false }], { shown: [], title: '' }),
    ).toBeUndefined();
  });
});
