/** Weights as a model.json lists them and its shards hold them: one after the other, little-endian, in files of 4 MiB. */
import type { JsonObject } from '../../base/json.ts';
import { bytesToFloats, floatBytes } from '../model/weights.ts';
import { ImportProblem } from './import-problem.ts';
import { dequantize, quantize } from './quantize.ts';
import type { QuantizedType } from './quantize.ts';

export interface NamedWeight {
  /** `dense_1/kernel` */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface EncodedWeights {
  /** The entries of `weightsManifest[0].weights`. */
  readonly entries: readonly JsonObject[];
  readonly data: Uint8Array;
}

/**
 * Only kernels are quantised: biases and the statistics of a batch normalisation are few numbers, and a variance rounded to 0 would
 * break the model.
 */
export function encodeWeights(weights: readonly NamedWeight[], quantization: QuantizedType | 'none'): EncodedWeights {
  const entries: JsonObject[] = [];
  const parts: Uint8Array[] = [];
  for (const { name, shape, values } of weights) {
    if (quantization === 'none' || shape.length < 2) {
      entries.push({ name, shape, dtype: 'float32' });
      parts.push(floatBytes(values));
      continue;
    }
    const { values: steps, scale, min } = quantize(values, quantization);
    entries.push({
      name,
      shape,
      dtype: 'float32',
      quantization: { dtype: quantization, min, scale, original_dtype: 'float32' },
    });
    parts.push(littleEndian(steps));
  }
  return { entries, data: joined(parts) };
}

/** @throws ImportProblem where an entry is of a kind that is not read, or the data is too short or too long */
export function decodeWeights({ entries, data }: EncodedWeights): readonly NamedWeight[] {
  let offset = 0;
  const weights = entries.map((entry): NamedWeight => {
    const { name, shape, dtype, quantization } = entry as unknown as Entry;
    const count = shape.reduce((product, size) => product * size, 1);
    const type = quantization?.dtype ?? dtype;
    const size = { float32: 4, float16: 2, uint16: 2, uint8: 1 }[type];
    if (size === undefined)
      throw new ImportProblem(
        `the weight ${name} is of the type ${type}, and float32, float16, uint8 and uint16 are read`,
      );
    const bytes = data.subarray(offset, (offset += count * size));
    if (bytes.length < count * size)
      throw new ImportProblem(`the weights end within ${name}: ${data.length} bytes, and ${offset} are listed so far`);
    return { name, shape, values: valuesOf(bytes, count, type, quantization) };
  });
  if (offset !== data.length)
    throw new ImportProblem(`the weights have ${data.length} bytes, and ${offset} are listed`);
  return weights;
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

function valuesOf(bytes: Uint8Array, count: number, type: string, quantization: Entry['quantization']): Float32Array {
  if (type === 'float32') return bytesToFloats(bytes, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'float16')
    return Float32Array.from({ length: count }, (_, index) => halfToNumber(view.getUint16(2 * index, true)));
  const values =
    type === 'uint8' ? bytes : Uint16Array.from({ length: count }, (_, index) => view.getUint16(2 * index, true));
  return dequantize({ values, scale: quantization?.scale ?? 1, min: quantization?.min ?? 0 });
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function littleEndian(values: Uint8Array | Uint16Array): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const view = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, index) => {
    view.setUint16(2 * index, value, true);
  });
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
