import { beforeAll, expect, test } from '@jest/globals';
import type { JsonValue } from '../../src/base/json.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import { train } from '../../src/distill/train.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';
import { requestOf, shapesOf } from './rig.ts';

/** Every type of layer. */
const teacherModel: JsonValue = [
  { conv2d: { filters: 4, kernelSize: 3, padding: 'same' } },
  'batchNormalization',
  { activation: 'relu' },
  { maxPooling2d: 2 },
  {
    residual: {
      layers: [{ depthwiseConv2d: 2 }, { conv2d: { filters: 6, kernelSize: 1 } }],
      shortcut: [{ conv2d: { filters: 6, kernelSize: 2 } }],
    },
  },
  {
    residual: {
      layers: [{ depthwiseConv2d: { kernelSize: 2, padding: 'same', depthMultiplier: 2 } }],
      activation: 'relu',
    },
  },
  { conv2d: { filters: 4, kernelSize: 2, activation: 'tanh', padding: 'same' } },
  { averagePooling2d: 2 },
  'flatten',
  { dropout: 0.3 },
  { dense: 3 },
];
const studentModel: JsonValue = [
  'flatten',
  { dense: { units: 8, activation: 'sigmoid' } },
  'batchNormalization',
  { dropout: 0.2 },
  { dense: 3 },
];
const EPOCHS = 100;

beforeAll(async () => {
  await loadBackend(testedBackend);
});

test(`a teacher and its student hold no tensor, byte or data more after ${EPOCHS} epochs than after one`, async () => {
  const before = held();
  const train60 = shapesOf(60, 1);
  const common = { train: train60, validation: shapesOf(20, 2), epochs: EPOCHS };
  const { model: teacher, seen: teachers } = await watched({ ...common, model: teacherModel, optimizer: 'adam' });
  const teacherLogits = await predictLogits(teacher, train60, { signal: new AbortController().signal });
  const distillation = { method: 'hinton', temperature: 4, alpha: 0.9 };
  const { model: student, seen: students } = await watched({
    ...{ ...common, model: studentModel, distillation, teacherLogits },
    optimizer: { sgd: { momentum: 0.9, learningRate: 0.01 } },
  });
  for (const seen of [teachers, students]) {
    expect(seen).toHaveLength(EPOCHS);
    expect(seen).toEqual(seen.map(() => seen[0]));
  }
  teacher.dispose();
  student.dispose();
  expect(held()).toEqual(before);
}, 120_000);

interface Held {
  readonly tensors: number;
  readonly bytes: number;
  /** In the backend, where it tells. */
  readonly data: number;
}

function held(): Held {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, bytes: numBytes, data: tf.engine().backend.numDataIds() };
}

async function watched(
  options: Parameters<typeof requestOf>[0],
): Promise<{ readonly model: Awaited<ReturnType<typeof train>>['model']; readonly seen: readonly Held[] }> {
  const seen: Held[] = [];
  const { model } = await train(requestOf({ ...options, onEpoch: () => seen.push(held()) }));
  return { model, seen };
}
