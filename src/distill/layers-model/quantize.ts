/**
 * Weights in fewer bits, as TensorFlow.js reads them: value ≈ q · scale + min, with a scale and a min of each weight, q from 0 to 255 or
 * 65,535. https://github.com/tensorflow/tfjs/blob/master/tfjs-converter/python/tensorflowjs/quantization.py
 */
export type QuantizedType = 'uint8' | 'uint16';

export interface Quantized {
  readonly values: Uint8Array | Uint16Array;
  readonly scale: number;
  readonly min: number;
}

/** Where the range holds 0, it is moved by less than a step so that a weight of 0 stays one. */
export function quantize(weights: Float32Array, dtype: QuantizedType): Quantized {
  const most = dtype === 'uint8' ? 2 ** 8 - 1 : 2 ** 16 - 1;
  const values = dtype === 'uint8' ? new Uint8Array(weights.length) : new Uint16Array(weights.length);
  let [smallest, largest] = [Infinity, -Infinity];
  for (const weight of weights) {
    smallest = Math.min(smallest, weight);
    largest = Math.max(largest, weight);
  }
  if (weights.length === 0 || smallest === largest) return { values, scale: 1, min: weights[0] ?? 0 };
  const { scale, min } = range(smallest, largest, most);
  weights.forEach((weight, index) => {
    values[index] = Math.min(most, Math.max(0, Math.round((weight - min) / scale)));
  });
  return { values, scale, min };
}

export function dequantize({ values, scale, min }: Quantized): Float32Array {
  return Float32Array.from(values, (value) => value * scale + min);
}

function range(smallest: number, largest: number, most: number): { readonly scale: number; readonly min: number } {
  if (smallest > 0 || largest < 0) return { scale: (largest - smallest) / most, min: smallest };
  // The step that 0 falls on; the range grows on the side that rounding took from.
  const zero = Math.round((-smallest / (largest - smallest)) * most);
  const scale = Math.max(zero > 0 ? -smallest / zero : 0, zero < most ? largest / (most - zero) : 0);
  return { scale, min: -zero * scale };
}
