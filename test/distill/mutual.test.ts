/** Students that learn side by side. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../src/distill/model/model.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import { train } from '../../src/distill/train.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';
import { farthest } from './keras.ts';
import { expectAfreshWhenDamaged, expectSameWhenResumed } from './resuming.ts';
import { everything, requestOf, shapesOf } from './rig.ts';
import type { RequestOptions } from './rig.ts';

/** 4 batches, the last one of 2. */
const samples = shapesOf(50, 1);

async function learned({ distillation, ...options }: RequestOptions = {}) {
  const { model, ...rest } = await train(
    requestOf({ train: samples, distillation: { method: 'mutual', ...distillation }, ...options }),
  );
  const weights = model.readWeights();
  const { parameters } = model;
  model.dispose();
  return { weights, parameters, ...rest };
}

async function learnedAlone(options: RequestOptions) {
  const { model } = await train(requestOf({ train: samples, ...options }));
  const weights = model.readWeights();
  model.dispose();
  return weights;
}

/** As it begins. */
async function peerLogits(index: number): Promise<Float32Array> {
  const layers = parseLayers(
    normalizeModel(['flatten', { dense: { units: 12, activation: 'sigmoid' } }, { dense: 3 }]),
  );
  const peer = buildModel(layers, [6, 6, 1], generator(1, 'peer', index).uint32());
  const logits = await predictLogits(peer, samples, { signal: new AbortController().signal });
  peer.dispose();
  return logits;
}

describe('mutual learning', () => {
  beforeAll(() => loadBackend(testedBackend));

  it('is, in its first step, to learn from the labels and from what the other student says', async () => {
    const once = { epochs: 1, batchSize: 50 };
    const { weights } = await learned({ ...once, optimizer: { sgd: { learningRate: 0.5 } } });
    // Half of both at twice the rate.
    const hinton = { method: 'hinton', temperature: 1, alpha: 0.5 };
    const optimizer = { sgd: { learningRate: 1 } };
    const from = (teacherLogits: Float32Array) =>
      learnedAlone({ ...once, optimizer, distillation: hinton, teacherLogits });
    expect(farthest(weights, await from(await peerLogits(0)))).toBeLessThan(1e-6);
    expect(farthest(weights, await from(await peerLogits(1)))).toBeGreaterThan(1e-4);
  });

  it('without a weight is to learn alone', async () => {
    const distillation = { peerWeight: 0, peers: 2 };
    const { weights } = await learned({ model: everything, distillation });
    expect(farthest(weights, await learnedAlone({ model: everything }))).toBeLessThan(1e-5);
  });

  it('trains the other students, too, and makes all of them more alike', async () => {
    const options = {
      epochs: 30,
      distillation: { peers: 2, peerWeight: 3 },
      optimizer: { adam: { learningRate: 0.01 } },
    };
    const { peers = [], history, parameters } = await learned(options);
    expect(peers).toHaveLength(2);
    expect(peers[0]).not.toEqual(peers[1]);
    // By chance, a third.
    for (const { accuracy } of peers) expect(accuracy).toBeGreaterThan(0.6);
    const apart = await learned({ ...options, distillation: { peers: 2, peerWeight: 0 } });
    const distance = (all: typeof peers, own: number): number =>
      all.reduce((sum, { loss }) => sum + Math.abs(loss - own), 0);
    expect(distance(peers, history.at(-1)?.['validationLoss'] ?? NaN)).toBeLessThan(
      distance(apart.peers ?? [], apart.history.at(-1)?.['validationLoss'] ?? NaN),
    );
    const alone = await train(requestOf({ epochs: 1 }));
    expect(parameters).toBe(alone.model.parameters);
    expect(alone.peers).toBeUndefined();
    alone.model.dispose();
  });

  it('tells how much the others count', async () => {
    const { history } = await learned({ epochs: 1 });
    const { labelsGradientShare = 0, peersGradientShare = 0 } = history[0] ?? {};
    expect(peersGradientShare).toBeGreaterThan(0);
    expect(labelsGradientShare + peersGradientShare).toBeCloseTo(1, 6);
  });

  it('holds nothing more after many epochs than after one', async () => {
    const seen: unknown[] = [];
    const count = (): unknown => ({ ...tf.memory(), data: tf.engine().backend.numDataIds() });
    const before = count();
    await learned({ model: everything, epochs: 5, onEpoch: () => seen.push(count()) });
    expect(seen).toEqual(seen.map(() => seen[0]));
    expect(count()).toEqual(before);
  });

  it.each([
    [1, { peers: 2 }],
    [2, { temperature: { linear: { from: 4, to: 1, epochs: 3 } }, warmupEpochs: 2 }],
  ])(
    'going on from epoch %d gives the bits of a training that was never interrupted, with %j',
    async (until, given) => {
      const options = { model: everything, distillation: given };
      await expectSameWhenResumed((more) => learned({ ...options, ...more }), until, 'peers.bin');
    },
  );

  it('starts afresh where the other students of a checkpoint are damaged', async () => {
    await expectAfreshWhenDamaged(learned, 'peers.bin');
  });
});

(testedBackend === 'native' ? describe : describe.skip)('on native', () => {
  it('it is the same training, in one graph', async () => {
    // Masks are the same on both; of a small rate, since rounding is not.
    const options = {
      model: everything,
      distillation: { peers: 2 },
      epochs: 3,
      optimizer: { sgd: { learningRate: 0.01 } },
    };
    await loadBackend('native');
    const { binding } = tf.backend() as unknown as { binding: { getNumOfSavedModels(): number } };
    const graphs: number[] = [];
    const native = await learned({ ...options, onEpoch: () => graphs.push(binding.getNumOfSavedModels()) });
    // The students' step, and the first one's predictions.
    expect(graphs).toEqual([2, 2, 2]);
    await loadBackend('wasm');
    const wasm = await learned(options);
    expect(farthest(native.weights, wasm.weights)).toBeLessThan(1e-4);
    expect(farthest(losses(native), losses(wasm))).toBeLessThan(1e-5);
  });
});

function losses({ peers = [] }: Awaited<ReturnType<typeof learned>>): number[] {
  return peers.map(({ loss }) => loss);
}
