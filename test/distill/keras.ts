/** Whole models and trainings as Keras computed them; test/fixtures/keras/make.py made it. */
import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { LossSpec } from '../../src/distill/losses/loss-spec.ts';
import { bytesToFloats } from '../../src/distill/model/weights.ts';
import type { Samples } from '../../src/distill/samples.ts';

/** Base64 of little-endian float32, or of bytes. */
type Packed = string;

interface KerasModel {
  readonly name: string;
  readonly model: JsonValue;
  readonly inputShape: readonly number[];
  readonly names: readonly string[];
  readonly weights: Packed;
  readonly x: Packed;
  readonly labels: readonly number[];
  readonly teacher: Packed;
  readonly modes: readonly {
    readonly training: boolean;
    readonly logits: Packed;
    /** Batch normalisation moves its statistics. */
    readonly weightsAfter: Packed;
    readonly cases: readonly {
      readonly loss: LossSpec;
      readonly value: number;
      readonly byLogits: Packed;
      /** Of the trainable weights, in their order. */
      readonly gradients: readonly Packed[];
    }[];
  }[];
}

/** Figures of each epoch, by name. */
export type Curves = Readonly<Record<string, readonly number[]>>;

interface PackedSamples {
  readonly pixels: Packed;
  readonly labels: Packed;
}

interface Keras {
  readonly models: readonly KerasModel[];
  readonly curves: {
    readonly train: PackedSamples;
    readonly validation: PackedSamples;
    readonly model: JsonValue;
    readonly optimizer: JsonObject;
    readonly epochs: number;
    readonly batchSize: number;
    /** One for each seed. */
    readonly runs: readonly Curves[];
  };
}

export const keras = JSON.parse(
  readFileSync(new URL('../fixtures/keras/parity.json', import.meta.url), 'utf8'),
) as Keras;

export function floatsOf(packed: Packed): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  return bytesToFloats(bytes, bytes.length / 4);
}

export function samplesOf({ pixels, labels }: PackedSamples): Samples {
  const bytes = new Uint8Array(Buffer.from(labels, 'base64'));
  const values = new Uint8Array(Buffer.from(pixels, 'base64'));
  return { count: bytes.length, shape: [6, 6, 1], pixels: values, scale: 1 / 255, labels: bytes, classes: 3 };
}

/** The largest difference, in units of the largest number or of `floor`, whichever is more. Infinite where something is missing or NaN. */
export function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1): number {
  if (actual.length !== expected.length) return Infinity;
  let [worst, scale] = [0, floor];
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs((actual[index] ?? NaN) - (expected[index] ?? NaN));
    if (Number.isNaN(difference)) return Infinity;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[index] ?? 0));
  }
  return worst / scale;
}
