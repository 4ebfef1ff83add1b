/** Trainings that learn from a teacher's layers, too. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { normalizeFeatures, parseFeatures } from '../../src/distill/losses/features/feature-spec.ts';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../src/distill/model/model.ts';
import { train } from '../../src/distill/train.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';
import { farthest } from './keras.ts';
import { expectAfreshWhenDamaged, expectSameWhenResumed } from './resuming.ts';
import { requestOf, shapesOf } from './rig.ts';
import type { RequestOptions } from './rig.ts';

const teacherLayers = parseLayers(
  normalizeModel([
    { conv2d: { filters: 5, kernelSize: 3, padding: 'same', activation: 'relu', name: 'wide' } },
    { maxPooling2d: 2 },
    'flatten',
    { dense: { units: 9, activation: 'relu' } },
    { dense: 3 },
  ]),
);

const student: JsonValue = [
  { conv2d: { filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', name: 'thin' } },
  { dropout: 0.2 },
  'batchNormalization',
  'flatten',
  { dense: { units: 6, activation: 'relu' } },
  { dense: 3 },
];

/** 4 batches, the last one of 2. */
const samples = shapesOf(50, 1);

const convolutions = { student: 'thin', teacher: 'wide' };
const lists = { student: 'dense', teacher: 'dense' };
const all: readonly JsonValue[] = [
  { method: 'hint', ...convolutions },
  { method: 'hint', ...lists, weight: 0.5 },
  { method: 'attentionTransfer', ...convolutions, weight: 10 },
  { method: 'relational', ...lists },
  { method: 'similarityPreserving', ...convolutions, weight: 3 },
  { method: 'pkt', student: 'thin', teacher: 'dense', weight: 30 },
];

const plain: JsonValue = ['flatten', { dense: { units: 6, activation: 'relu' } }, { dense: 3 }];
const hints: readonly JsonValue[] = [{ method: 'hint', ...lists }];

interface Lesson extends RequestOptions {
  readonly losses?: readonly JsonValue[];
  readonly hintEpochs?: number;
}

async function learned({ losses = all, hintEpochs = 0, ...options }: Lesson) {
  const teacher = buildModel(teacherLayers, [6, 6, 1], 5);
  const before = teacher.readWeights();
  const features = { losses: parseFeatures(normalizeFeatures([...losses])), teacher, hintEpochs };
  const { model, history, chosenEpoch } = await train(
    requestOf({ model: student, train: samples, features, ...options }),
  );
  const weights = model.readWeights();
  const { parameters, layerShapes } = model;
  expect(teacher.readWeights()).toEqual(before);
  teacher.dispose();
  model.dispose();
  return { weights, parameters, layerShapes, chosenEpoch, history, losses: history.map(({ loss = NaN }) => loss) };
}

describe('features', () => {
  beforeAll(() => loadBackend(testedBackend));

  it.each(all)('come nearer with %j', async (loss) => {
    // So heavy that the labels hardly count.
    const heavy = { ...(loss as JsonObject), weight: 3000 };
    const { losses } = await learned({ losses: [heavy], epochs: 6, model: withoutDropout() });
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  });

  it('leave no regressor in the student', async () => {
    const { model } = await train(requestOf({ model: student, epochs: 1 }));
    expect((await learned({ epochs: 1 })).parameters).toBe(model.parameters);
    model.dispose();
  });

  it('are learned beside soft labels', async () => {
    const teacherLogits = Float32Array.from({ length: 150 }, (_, index) => index % 4);
    const distillation = { method: 'hinton' };
    const beside = await learned({ distillation, teacherLogits, epochs: 1 });
    expect(beside.losses[0]).not.toBe((await learned({ epochs: 1 })).losses[0]);
    const alone = await train(requestOf({ model: student, train: samples, distillation, teacherLogits, epochs: 1 }));
    expect(beside.losses[0]).toBeGreaterThan(alone.history[0]?.['loss'] ?? Infinity);
    alone.model.dispose();
  });

  it('hold nothing more after many epochs than after one', async () => {
    const seen: unknown[] = [];
    const count = (): unknown => ({ ...tf.memory(), data: tf.engine().backend.numDataIds() });
    const before = count();
    await learned({ epochs: 8, hintEpochs: 3, onEpoch: () => seen.push(count()) });
    expect(seen).toEqual(seen.map(() => seen[0]));
    expect(count()).toEqual(before);
  });
});

describe('what each term counts', () => {
  beforeAll(() => loadBackend(testedBackend));

  it('is told of all of them, and adds up to 1', async () => {
    const { history } = await learned({ epochs: 1 });
    const shares = Object.entries(history[0] ?? {}).filter(([name]) => name.endsWith('GradientShare'));
    const names = ['labels', 'hint', 'hint2', 'attentionTransfer', 'relational', 'similarityPreserving', 'pkt'];
    expect(shares.map(([name]) => name)).toEqual(names.map((name) => `${name}GradientShare`));
    for (const [, share] of shares) expect(share).toBeGreaterThan(0);
    expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it('is nothing for what an epoch of hints leaves out, and for hints after it', async () => {
    const { history } = await learned({ losses: hints, epochs: 2, hintEpochs: 1 });
    expect(history).toMatchObject([
      { labelsGradientShare: 0, hintGradientShare: 1 },
      { labelsGradientShare: 1, hintGradientShare: 0 },
    ]);
  });

  it('is twice as much of a term that weighs twice as much', async () => {
    const odds = async (weight: number): Promise<number> => {
      const losses = [{ method: 'hint', ...lists, weight }];
      const { history } = await learned({ losses, epochs: 1, optimizer: { sgd: { learningRate: 1e-20 } } });
      return (history[0]?.['hintGradientShare'] ?? NaN) / (history[0]?.['labelsGradientShare'] ?? NaN);
    };
    expect((await odds(2)) / (await odds(1))).toBeCloseTo(2, 3);
  });
});

describe('hint epochs', () => {
  beforeAll(() => loadBackend(testedBackend));

  it('train what leads to the hint, and nothing after it', async () => {
    const first = buildModel(parseLayers(normalizeModel(student)), [6, 6, 1], 1);
    const initial = first.readWeights();
    first.dispose();
    const options = { losses: all.slice(0, 1), optimizer: { adam: { learningRate: 0.003 } } };
    const hinted = await learned({ ...options, epochs: 3, hintEpochs: 3 });
    expect(hinted.losses[2]).toBeLessThan(hinted.losses[0] ?? 0);
    // 3×3 kernels from 1 to 3 channels with a bias; then batch normalisation, whose statistics move whatever the loss.
    expect(hinted.weights.subarray(0, 30)).not.toEqual(initial.subarray(0, 30));
    expect(hinted.weights.subarray(30 + 12)).toEqual(initial.subarray(30 + 12));
    expect(hinted.weights.subarray(30, 36)).toEqual(initial.subarray(30, 36));
    const after = await learned({ ...options, epochs: 4, hintEpochs: 3 });
    expect(after.weights.subarray(42)).not.toEqual(initial.subarray(42));
  });

  it('are followed by a training that does not know of hints', async () => {
    // Without learning in the first stage, of 4 steps, the second one is the training without features, to the bit.
    const learningRate = { piecewiseConstantDecay: { boundaries: [3], values: [0, 0.1] } };
    const options = { model: plain, epochs: 3, optimizer: { sgd: { learningRate } } };
    const staged = await learned({ ...options, losses: hints, hintEpochs: 1 });
    const { model } = await train(requestOf({ train: samples, ...options }));
    expect(staged.weights).toEqual(model.readWeights());
    model.dispose();
  });

  it('are forgotten by the optimizer', async () => {
    const learningRate = { piecewiseConstantDecay: { boundaries: [0], values: [0, 0.01] } };
    const options = { model: plain, losses: hints, batchSize: 100, optimizer: { adam: { learningRate } } };
    const before = await learned({ ...options, epochs: 1, hintEpochs: 1 });
    const after = await learned({ ...options, epochs: 2, hintEpochs: 1 });
    // Adam's first step is as long as its rate, wherever there is a slope.
    const moved = after.weights.map((weight, index) => Math.abs(weight - (before.weights[index] ?? NaN)));
    const lengths = moved.filter((length) => length > 1e-4);
    expect(lengths.length).toBeGreaterThan(100);
    expect(Math.max(...lengths)).toBeLessThan(0.0101);
    expect(lengths.filter((length) => length > 0.0099).length / lengths.length).toBeGreaterThan(0.9);
  });

  it('are no epochs to choose from, and no reason to stop', async () => {
    const earlyStopping = { monitor: 'validationLoss', patience: 1, minDelta: 10 } as const;
    const { chosenEpoch, history } = await learned({ epochs: 8, hintEpochs: 4, earlyStopping, restoreBest: true });
    // The fifth is the first that counts, and nothing improves by 10.
    expect(history).toHaveLength(6);
    expect(chosenEpoch).toBe(5);
  });
});

describe('going on from a checkpoint gives the bits of a training that was never interrupted', () => {
  beforeAll(() => loadBackend(testedBackend));

  it.each<[string, number, Lesson]>([
    ['with every feature loss', 2, {}],
    ['within the hint epochs', 1, { hintEpochs: 2 }],
    ['where the hint epochs end', 1, { hintEpochs: 1 }],
    ['after the hint epochs', 2, { hintEpochs: 1, optimizer: { sgd: { momentum: 0.9, learningRate: 0.01 } } }],
  ])('%s', async (_, until, options) => {
    await expectSameWhenResumed((more) => learned({ ...options, ...more }), until, 'regressors.bin');
  });

  it('and starts afresh where the regressors are damaged', async () => {
    await expectAfreshWhenDamaged(learned, 'regressors.bin');
  });
});

(testedBackend === 'native' ? describe : describe.skip)('on native', () => {
  it.each([0, 2])('it is the same training, with %d hint epochs', async (hintEpochs) => {
    // A small rate: what rounding tells apart, the corners of ReLU and Huber's loss soon make larger.
    const options = { model: withoutDropout(), epochs: 4, hintEpochs, optimizer: { sgd: { learningRate: 1e-4 } } };
    await loadBackend('native');
    const { binding } = tf.backend() as unknown as { binding: { getNumOfSavedModels(): number } };
    const graphs: number[] = [];
    const native = await learned({ ...options, onEpoch: () => graphs.push(binding.getNumOfSavedModels()) });
    // The student's step, the teacher's features, the student's predictions.
    expect(graphs).toEqual([3, 3, 3, 3]);
    await loadBackend('wasm');
    const wasm = await learned(options);
    expect(farthest(native.weights, wasm.weights)).toBeLessThan(1e-4);
    expect(farthest(native.losses, wasm.losses)).toBeLessThan(1e-5);
  });
});

function withoutDropout(): JsonValue {
  return (student as JsonValue[]).filter(
    (layer) => typeof layer === 'string' || !Object.hasOwn(layer as object, 'dropout'),
  );
}
