/** Trainings on both backends, and as Keras has them: `npm run test:native`. */
import { describe, expect, it } from '@jest/globals';
import { train } from '../../src/distill/train.ts';
import type { TrainRequest } from '../../src/distill/train.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { testedBackend } from '../tested-backend.ts';
import { type Curves, farthest, keras, samplesOf } from './keras.ts';
import { memory } from './resuming.ts';
import { everything, type RequestOptions, requestOf } from './rig.ts';

type Backend = 'wasm' | 'native';
const backends: readonly Backend[] = testedBackend === 'native' ? ['wasm', 'native'] : ['wasm'];

const FIGURES = ['loss', 'accuracy', 'validationLoss', 'validationAccuracy'];

/** How many of Welch's standard errors may lie between the means of two times five seeds. */
const FARTHEST = 3;

describe('five seeds train to the same figures', () => {
  it.each(backends)(
    'on %s as in Keras, at the end and over the whole curve',
    async (backend) => {
      await loadBackend(backend);
      const ours = await curvesOf(1);
      expect(largest(distances(ours, keras.curves.runs))).toBeLessThanOrEqual(FARTHEST);
      // The criterion tells a training that is another one.
      const slower = await curvesOf(0.2);
      expect(largest(distances(slower, keras.curves.runs))).toBeGreaterThan(FARTHEST);
    },
    120_000,
  );

  (testedBackend === 'native' ? it : it.skip)(
    'on native as on WASM, from the same initial weights in the same order',
    async () => {
      await loadBackend('wasm');
      const wasm = await curvesOf(1);
      await loadBackend('native');
      const found = distances(await curvesOf(1), wasm);
      expect(largest(found)).toBeLessThanOrEqual(FARTHEST);
    },
    120_000,
  );
});

(testedBackend === 'native' ? describe : describe.skip)('a checkpoint of the one backend goes on on the other', () => {
  const cases: [string, RequestOptions][] = [
    ['adam, dropout, batch normalisation', { model: everything }],
    ['sgd with momentum', { optimizer: { sgd: { learningRate: 0.05, momentum: 0.9 } } }],
    ['rmsprop', { optimizer: { rmsprop: { momentum: 0.5, centered: true } } }],
  ];
  const directions: [Backend, Backend][] = [
    ['wasm', 'native'],
    ['native', 'wasm'],
  ];
  it.each(cases.flatMap(([name, options]) => directions.map((way) => [name, ...way, options] as const)))(
    '%s: from %s to %s',
    async (_, from, to, options) => {
      const { checkpoints } = memory();
      await loadBackend(from);
      const undisturbed = await weightsAfter(requestOf({ ...options, epochs: 6 }));
      await weightsAfter(requestOf({ ...options, epochs: 3, checkpoints }));
      await loadBackend(to);
      const epochs: number[] = [];
      const request = requestOf({ ...options, epochs: 6, checkpoints, onEpoch: ({ epoch }) => epochs.push(epoch) });
      const crossed = await weightsAfter(request);
      expect(epochs).toEqual([4, 5, 6]);
      const off = farthest(crossed, undisturbed);
      expect(off).toBeLessThan(1e-5);
      // The epochs that it goes on for change far more.
      const stopped = await weightsAfter(requestOf({ ...options, epochs: 3 }));
      expect(farthest(stopped, undisturbed)).toBeGreaterThan(1e-2);
    },
    60_000,
  );
});

async function curvesOf(rate: number): Promise<Curves[]> {
  const { curves } = keras;
  const adam = curves.optimizer['adam'] as { readonly learningRate: number };
  const runs: Curves[] = [];
  for (let seed = 1; seed <= curves.runs.length; seed++) {
    const request = requestOf({
      model: curves.model,
      optimizer: { adam: { learningRate: adam.learningRate * rate } },
      epochs: curves.epochs,
      batchSize: curves.batchSize,
      train: samplesOf(curves.train),
      validation: samplesOf(curves.validation),
      seed,
    });
    const { model, history } = await train(request);
    model.dispose();
    runs.push(Object.fromEntries(FIGURES.map((name) => [name, history.map((figures) => figures[name] ?? NaN)])));
  }
  return runs;
}

/** Of each figure, in Welch's standard errors: of its last epoch, and of its mean over all. */
function distances(one: readonly Curves[], other: readonly Curves[]): Readonly<Record<string, number>> {
  const last = (values: readonly number[]): number => values.at(-1) ?? NaN;
  return Object.fromEntries(
    FIGURES.flatMap((name) =>
      (
        [
          ['at the end', last],
          ['over all epochs', mean],
        ] as const
      ).map(([when, of]): [string, number] => {
        const [a, b] = [one, other].map((runs) => runs.map((run) => of(run[name] ?? [])));
        return [`${name} ${when}`, welch(a ?? [], b ?? [])];
      }),
    ),
  );
}

function largest(distances: Readonly<Record<string, number>>): number {
  return Math.max(...Object.values(distances));
}

function welch(a: readonly number[], b: readonly number[]): number {
  return Math.abs(mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

async function weightsAfter(request: TrainRequest): Promise<Float32Array> {
  const { model } = await train(request);
  const weights = model.readWeights();
  model.dispose();
  return weights;
}
