import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../src/base/json.ts';
import { openAugmentation } from '../../src/distill/augmentation/augment.ts';
import type { Augmentation } from '../../src/distill/augmentation/augmentation-spec.ts';
import { evaluateLogits } from '../../src/distill/evaluate.ts';
import { buildModel } from '../../src/distill/model/model.ts';
import { createOptimizer } from '../../src/distill/optimizers/optimizer.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import type { Samples } from '../../src/distill/samples.ts';
import { train } from '../../src/distill/train.ts';
import type { EndedEpoch, TrainProgress, TrainRequest } from '../../src/distill/train.ts';
import { openLessons } from '../../src/distill/training/step.ts';
import type { Learner } from '../../src/distill/training/step.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';
import { memory } from './resuming.ts';
import { everything, requestOf, shapesOf } from './rig.ts';
import { testedBackend } from '../tested-backend.ts';

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe('train', () => {
  it('learns, and tells the figures of each epoch', async () => {
    const epochs: EndedEpoch[] = [];
    const request = requestOf({
      model: everything,
      train: shapesOf(300, 1),
      epochs: 25,
      onEpoch: (e) => epochs.push(e),
    });
    const { model, history, lastEpoch, chosenEpoch, stoppedEarly } = await train(request);
    expect({ lastEpoch, chosenEpoch, stoppedEarly }).toEqual({ lastEpoch: 25, chosenEpoch: 25, stoppedEarly: false });
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(epochs.map(({ figures }) => figures)).toEqual(history);
    const last = history.at(-1);
    expect(last?.['learningRate']).toBe(0.001);
    expect(last?.['loss']).toBeLessThan((history[0]?.['loss'] ?? 0) / 2);
    expect(last?.['validationAccuracy']).toBeGreaterThan(0.8);

    const { validation, signal } = request;
    if (validation === undefined) throw new Error('no validation');
    const found = evaluateLogits(await predictLogits(model, validation, { signal }), validation.labels, 3);
    expect(last).toMatchObject({ validationLoss: found.loss, validationAccuracy: found.accuracy });
    model.dispose();
  });

  it('reports the mean loss and accuracy over samples, the smaller last batch by its size', async () => {
    // Without learning, each batch is judged by the same model.
    const request = requestOf({ optimizer: { sgd: { learningRate: 0 } }, epochs: 1 });
    const { model, history } = await train(request);
    const logits = await predictLogits(model, request.train, { signal: request.signal });
    const { loss, accuracy } = evaluateLogits(logits, request.train.labels, 3);
    expect(history[0]?.['loss']).toBeCloseTo(loss, 5);
    expect(history[0]?.['accuracy']).toBeCloseTo(accuracy, 6);
    model.dispose();
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const request = requestOf({ model: everything });
    expect(await weightsAfter(request)).toEqual(await weightsAfter(request));
    expect(await weightsAfter({ ...request, seed: 2 })).not.toEqual(await weightsAfter(request));
  });

  it('takes the samples of an epoch in the order of its own stream', async () => {
    const request = requestOf({ epochs: 2 });
    const { layers, train: samples, seed, batchSize } = request;
    const model = buildModel(layers, samples.shape, seed);
    const optimizer = createOptimizer(request.optimizer, model.trainable);
    const learner: Learner = { model, optimizer, loss: request.loss, seed, samples, teacherLogits: undefined };
    const lessons = openLessons(learner);
    let step = 0;
    for (const epoch of [1, 2]) {
      const order = generator(seed, 'shuffle', epoch).permutation(samples.count);
      for (let start = 0; start < samples.count; start += batchSize) {
        lessons.learn(order.slice(start, start + batchSize), { step: step++, learningRate: 0.001, epoch, epochs: 2 });
      }
    }
    lessons.settle();
    lessons.close();
    expect(await weightsAfter(request)).toEqual([...model.readWeights()]);
    for (const owner of [model, optimizer]) owner.dispose();
  });

  it('moves the training images anew in each epoch, and no others', async () => {
    const augmentation: Augmentation = { jitter: 2, flip: 'horizontal' };
    const request = requestOf({ augmentation });
    const { shape, count } = request.train;
    const movedFor = (epoch: number): Samples => {
      const pixels = Uint8Array.from(request.train.pixels as Uint8Array);
      const all = Int32Array.from({ length: count }, (_, index) => index);
      openAugmentation(augmentation, { shape, count, seed: request.seed, round: epoch })(pixels, all);
      return { ...request.train, pixels };
    };
    // What is learned in an epoch is what a training without augmentation learns there from images that were moved before.
    const { checkpoints } = memory();
    for (const epoch of [1, 2, 3]) {
      const expected = await train(requestOf({ train: movedFor(epoch), epochs: epoch, checkpoints }));
      const found = await train({ ...request, epochs: epoch });
      expect(found.history[epoch - 1]).toEqual(expected.history[epoch - 1]);
      expect([...found.model.readWeights()]).toEqual([...expected.model.readWeights()]);
      for (const { model } of [expected, found]) model.dispose();
    }
    expect(await weightsAfter(request)).not.toEqual(await weightsAfter(requestOf({})));
  });

  it('moves images that are read from a file as it moves those in memory', async () => {
    const request = requestOf({ augmentation: { jitter: 2, flip: 'horizontal' } });
    const bytes = request.train.pixels as Uint8Array;
    const readRows = (rows: Int32Array, size: number, into: Uint8Array): void => {
      for (const [place, row] of rows.entries()) into.set(bytes.subarray(row * size, (row + 1) * size), place * size);
    };
    const stored = { ...request, train: { ...request.train, pixels: { readRows } } };
    expect(await weightsAfter(stored)).toEqual(await weightsAfter(request));
  });

  it('draws new dropout masks at each step', async () => {
    // One sample and no learning: only the masks can tell the epochs apart.
    const model = ['flatten', { dropout: 0.5 }, { dense: 3 }];
    const still = { model, optimizer: { sgd: { learningRate: 0 } }, train: shapesOf(1, 1), epochs: 6 };
    const { model: trained, history } = await train(requestOf(still));
    expect(new Set(history.map((figures) => figures['loss'])).size).toBe(6);
    trained.dispose();
  });

  it('hands each sample the logits of its own, however it is shuffled', async () => {
    const request = requestOf({});
    const { count, classes, labels } = request.train;
    // A teacher that is certain of the labels is the labels.
    const teacherLogits = new Float32Array(count * classes).map((_, index) =>
      labels[Math.floor(index / classes)] === index % classes ? 1000 : 0,
    );
    const soft = requestOf({ distillation: { method: 'softTargets' }, teacherLogits });
    const expected = (await weightsAfter(request)).map((weight) => expect.closeTo(weight, 6) as unknown);
    expect(await weightsAfter(soft)).toEqual(expected);
  });

  it('refuses a loss without its teacher', async () => {
    await expect(train(requestOf({ distillation: { method: 'hinton' } }))).rejects.toThrow('teacher');
  });

  it('follows the schedule of the learning rate over the whole training', async () => {
    const learningRate = { cosineDecay: { initialLearningRate: 0.1 } };
    const { model, history } = await train(requestOf({ optimizer: { sgd: { learningRate } }, epochs: 2 }));
    // 7 batches an epoch: steps 6 and 13 of 14.
    const expected = [6, 13].map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / 14)));
    expect(history.map((figures) => figures['learningRate'])).toEqual(expected.map((rate) => expect.closeTo(rate, 8)));
    model.dispose();
  });

  it('holds as many tensors after each epoch, and none at the end', async () => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const request = requestOf({
      model: everything,
      epochs: 6,
      distillation: { method: 'hinton' },
      teacherLogits: new Float32Array(300),
      earlyStopping: { monitor: 'loss', patience: 9, minDelta: 0 },
      restoreBest: true,
      checkpoints: memory().checkpoints,
      onEpoch: () => counts.push(tf.memory().numTensors),
    });
    const { model } = await train(request);
    expect(counts).toEqual(new Array(6).fill(counts[0]));
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('going on from a checkpoint gives the bits of a training that was never interrupted', () => {
  const teacherLogits = Float32Array.from({ length: 300 }, (_, index) => Math.sin(index) * 3);
  const cases: [string, Parameters<typeof requestOf>[0]][] = [
    ['dropout and batch normalisation, adam', { model: everything }],
    ['sgd with momentum', { optimizer: { sgd: { learningRate: 0.1, momentum: 0.9, nesterov: true } } }],
    [
      'rmsprop with all its slots, a decaying rate',
      {
        optimizer: {
          rmsprop: {
            momentum: 0.5,
            centered: true,
            learningRate: { exponentialDecay: { initialLearningRate: 0.01, decaySteps: 5, decayRate: 0.9 } },
          },
        },
      },
    ],
    ['images that are moved', { augmentation: { jitter: 1, crop: { padding: 1, fill: 'edge' }, flip: 'horizontal' } }],
    ['a teacher', { distillation: { method: 'hinton' }, teacherLogits }],
    [
      'the best epoch, which is past',
      {
        // The rate breaks what was learned after two epochs.
        optimizer: { sgd: { learningRate: { piecewiseConstantDecay: { boundaries: [13], values: [0.1, 5] } } } },
        restoreBest: true,
      },
    ],
  ];

  it.each(cases)('%s', async (_, options) => {
    const fresh = await train(requestOf({ ...options, epochs: 5 }));
    const { checkpoints, saved } = memory();
    for (const until of [2, 4]) (await train(requestOf({ ...options, epochs: until, checkpoints }))).model.dispose();
    const epochs: number[] = [];
    // An epoch that was told of is saved.
    const onEpoch = (e: EndedEpoch): number => epochs.push(saved.has(e.epoch) ? e.epoch : NaN);
    const resumed = await train(requestOf({ ...options, epochs: 5, checkpoints, onEpoch }));
    expect(epochs).toEqual([5]);
    expect([...saved.keys()]).toEqual([1, 2, 3, 4, 5]);
    expect([...resumed.model.readWeights()]).toEqual([...fresh.model.readWeights()]);
    if (options.restoreBest === true) expect(fresh.chosenEpoch).toBeLessThan(4);
    const { model: one, ...figures } = fresh;
    const { model: other, ...resumedFigures } = resumed;
    expect(resumedFigures).toEqual(figures);
    one.dispose();
    other.dispose();
  });

  it('with nothing left to do', async () => {
    const { checkpoints } = memory();
    const request = requestOf({ model: everything, checkpoints });
    const onEpoch = (): never => {
      throw new Error('trained again');
    };
    expect(await weightsAfter(request)).toEqual(await weightsAfter({ ...request, onEpoch }));
  });

  it('and takes the furthest that is not too far', async () => {
    const { checkpoints } = memory();
    const fresh = await weightsAfter(requestOf({ epochs: 2 }));
    await weightsAfter(requestOf({ epochs: 4, checkpoints }));
    expect(await weightsAfter(requestOf({ epochs: 2, checkpoints }))).toEqual(fresh);
  });

  it.each(['state.json', 'weights.bin', 'slots.bin'])('and starts afresh where %s is damaged', async (name) => {
    const fresh = await weightsAfter(requestOf({}));
    const { checkpoints, saved } = memory();
    await weightsAfter(requestOf({ epochs: 2, checkpoints }));
    const last = saved.get(2);
    if (last === undefined) throw new Error('no checkpoint');
    saved.set(2, { ...last, files: { ...last.files, [name]: new Uint8Array(3) } });
    expect(await weightsAfter(requestOf({ checkpoints }))).toEqual(fresh);
  });
});

describe('early stopping', () => {
  const worsening: JsonValue = {
    sgd: { learningRate: { piecewiseConstantDecay: { boundaries: [20], values: [0.1, 5] } } },
  };
  const earlyStopping = { monitor: 'validationLoss', patience: 2, minDelta: 0 } as const;

  it('stops, keeps the last epoch or restores the best, and stays stopped', async () => {
    const { checkpoints } = memory();
    const options = { optimizer: worsening, epochs: 30, earlyStopping };
    const last = await train(requestOf(options));
    const best = await train(requestOf({ ...options, restoreBest: true, checkpoints }));
    const { chosenEpoch, lastEpoch } = best;
    expect(last).toMatchObject({ lastEpoch, chosenEpoch: lastEpoch, stoppedEarly: true });
    expect(best.stoppedEarly).toBe(true);
    expect(lastEpoch).toBe(chosenEpoch + 2);
    const lowest = Math.min(...best.history.map((figures) => figures['validationLoss'] ?? Infinity));
    expect(best.history[chosenEpoch - 1]?.['validationLoss']).toBe(lowest);
    expect([...best.model.readWeights()]).toEqual(
      await weightsAfter(requestOf({ optimizer: worsening, epochs: chosenEpoch })),
    );

    const again = await train(requestOf({ ...options, epochs: 50, restoreBest: true, checkpoints }));
    expect(again).toMatchObject({ lastEpoch, chosenEpoch, stoppedEarly: true, history: best.history });
    expect([...again.model.readWeights()]).toEqual([...best.model.readWeights()]);
    for (const { model } of [last, best, again]) model.dispose();
  });

  it('needs what it watches', async () => {
    await expect(train(unvalidated(requestOf({ earlyStopping })))).rejects.toThrow('validation');
  });
});

describe('what goes wrong', () => {
  it('is a loss that is not finite: which epoch, what to try', async () => {
    const before = tf.memory().numTensors;
    const request = requestOf({
      model: ['flatten', { dense: { units: 12, activation: 'relu' } }, { dense: 12 }, { dense: 3 }],
      optimizer: { sgd: { learningRate: 1e12 } },
    });
    await expect(train(request)).rejects.toMatchObject({
      name: 'StageFailure',
      code: 'not-a-number',
      message: expect.stringContaining('epoch 1'),
      hint: expect.stringContaining('smaller learningRate than 1000000000000'),
    });
    expect(tf.memory().numTensors).toBe(before);
    const raw = { ...request, train: { ...request.train, scale: 1 } };
    await expect(train(raw)).rejects.toMatchObject({ hint: expect.stringContaining('scaled to 0…1') });
  });

  it('is cancelled within the epoch, with the reason, and leaves nothing', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const reason = new Error('enough');
    let epochs = 0;
    const request = requestOf({
      train: shapesOf(60_000, 1),
      signal: controller.signal,
      onEpoch: () => epochs++,
    });
    setTimeout(() => {
      controller.abort(reason);
    }, 120);
    await expect(train(request)).rejects.toBe(reason);
    expect(epochs).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not start when it was cancelled before', async () => {
    const reason = new Error('enough');
    await expect(train(requestOf({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });
});

it('lets the event loop have its turn, and tells of progress, within an epoch', async () => {
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    gaps.push(performance.now() - last);
    last = performance.now();
  }, 1);
  const progress: TrainProgress[] = [];
  const request = requestOf({ train: shapesOf(30_000, 1), epochs: 1, onProgress: (p) => progress.push(p) });
  const start = performance.now();
  const { model, history } = await train(request);
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  model.dispose();
  // The machine may be busy: most turns come in time.
  gaps.sort((a, b) => a - b);
  expect(gaps.length).toBeGreaterThan(seconds * 5);
  expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(150);
  expect(progress.length).toBeGreaterThan(0);
  expect(progress.length).toBeLessThan(seconds * 6);
  for (const { epoch, epochs, done, total, loss, secondsLeft } of progress) {
    expect([epoch, epochs, total]).toEqual([1, 1, 30_000]);
    expect(done).toBeLessThanOrEqual(30_000);
    expect(loss).toBeGreaterThan(0);
    expect(secondsLeft).toBeGreaterThanOrEqual(0);
  }
  expect(history).toHaveLength(1);
});

function unvalidated(request: TrainRequest): TrainRequest {
  return Object.fromEntries(
    Object.entries(request).filter(([name]) => name !== 'validation'),
  ) as unknown as TrainRequest;
}

async function weightsAfter(request: TrainRequest): Promise<number[]> {
  const { model } = await train(request);
  const weights = [...model.readWeights()];
  model.dispose();
  return weights;
}
