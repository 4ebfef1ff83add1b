import type { StoredBytes } from '../core/stage-runner.ts';

/** Labelled samples, as training and evaluation take them. Their pixels are in memory, or bytes in a file. */
export interface Samples {
  readonly count: number;
  /** Of one sample: [28, 28, 1]. */
  readonly shape: readonly number[];
  /** count × shape numbers, row-major. */
  readonly pixels: Uint8Array | Float32Array | StoredBytes;
  /** Multiplied onto `pixels`: 1/255 or 1. */
  readonly scale: number;
  /** A class index for each sample. */
  readonly labels: Uint8Array | Int32Array;
  readonly classes: number;
}
