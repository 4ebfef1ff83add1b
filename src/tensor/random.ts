/**
 * All randomness of the project: initialisers, shuffles, dropout masks, augmentation, splits.
 *
 * A stream is named by a seed and a purpose, and depends on nothing else. There is no state to save in a checkpoint:
 * the shuffle of epoch e is `generator(seed, 'shuffle', e)` whether the epochs before it ran in this process or not.
 */
import { createHash } from 'node:crypto';

/** One stream of random numbers. Each call takes numbers off the stream, so the order of calls matters. */
export interface Generator {
  /** An integer, uniform in [0, 2^32). */
  uint32(): number;
  /** A number with 32 random bits, uniform in [0, 1). */
  uniform(): number;
  /** A number from the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
  /** The numbers 0 … n−1, each order equally likely. */
  permutation(n: number): Int32Array;
  /** Fills `out` with numbers uniform in [lo, hi); rounding to float32 may give hi itself when lo is not 0. */
  fillUniform(out: Float32Array, lo: number, hi: number): void;
  /** Fills `out` from the normal distribution with this mean and standard deviation. */
  fillNormal(out: Float32Array, mean: number, standardDeviation: number): void;
  /** Fills `out` with `scale` (with probability `keepProbability`) and 0: a dropout mask when scale is 1/keepProbability. */
  fillBernoulli(out: Float32Array, keepProbability: number, scale: number): void;
}

/** Numbers made at a time: enough that the state stays in registers, few enough that a short stream costs little. */
const BLOCK = 1024;
const TWO_POW_32 = 2 ** 32;
const TWO_POW_MINUS_24 = 2 ** -24;

/**
 * The stream of random numbers for a purpose.
 *
 * The purpose may hold any strings and finite numbers; 1 and '1' are different. Streams of different purposes are
 * independent, as far as SHA-256 is.
 * @throws RangeError when the seed or a number of the purpose is not finite: JSON would make one of them all.
 */
export function generator(seed: number, ...purpose: readonly (string | number)[]): Generator {
  const name = [seed, ...purpose];
  for (const part of name) {
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new RangeError(`A random stream needs finite numbers in its name, got ${JSON.stringify(name.map(String))}`);
    }
  }
  const digest = createHash('sha256').update(JSON.stringify(name)).digest();
  return new Sfc32([digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)]);
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, passes its tests, and needs no 64-bit integers. */
class Sfc32 implements Generator {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;
  private readonly block = new Uint32Array(BLOCK);
  private next = BLOCK;
  private spareNormal: number | undefined;

  constructor(state: readonly [number, number, number, number]) {
    [this.a, this.b, this.c, this.counter] = state;
  }

  uint32(): number {
    if (this.next === BLOCK) this.refill();
    return this.block[this.next++] ?? 0;
  }

  uniform(): number {
    return this.uint32() / TWO_POW_32;
  }

  /** Marsaglia's polar method: of the transcendental functions it needs the logarithm only. */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = (2 * this.uint32() + 1) / TWO_POW_32 - 1;
      const y = (2 * this.uint32() + 1) / TWO_POW_32 - 1;
      const square = x * x + y * y;
      if (square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = y * factor;
      return x * factor;
    }
  }

  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`A permutation needs a length of 0 or more, got ${n}`);
    const order = Int32Array.from({ length: n }, (_, index) => index);
    for (let last = n - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  }

  fillUniform(out: Float32Array, lo: number, hi: number): void {
    const width = (hi - lo) * TWO_POW_MINUS_24;
    this.takeBlocks(out.length, (words, at) => {
      // 24 bits, as many as a float32 holds: with 32, numbers just below 1 would be rounded to 1.
      for (let i = 0; i < words.length; i++) out[at + i] = lo + ((words[i] ?? 0) >>> 8) * width;
    });
  }

  fillNormal(out: Float32Array, mean: number, standardDeviation: number): void {
    for (let i = 0; i < out.length; i++) out[i] = mean + standardDeviation * this.normal();
  }

  fillBernoulli(out: Float32Array, keepProbability: number, scale: number): void {
    if (!(keepProbability >= 0 && keepProbability <= 1)) {
      throw new RangeError(`A probability is between 0 and 1, got ${keepProbability}`);
    }
    const threshold = Math.round(keepProbability * 2 ** 31);
    this.takeBlocks(out.length, (words, at) => {
      // The sign of word − threshold, because a branch on random numbers is mispredicted half of the time.
      for (let i = 0; i < words.length; i++) out[at + i] = scale * ((((words[i] ?? 0) >>> 1) - threshold) >>> 31);
    });
  }

  /** An integer uniform in [0, bound): words past the last whole multiple of the bound are thrown away. */
  private below(bound: number): number {
    const limit = TWO_POW_32 - (TWO_POW_32 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }

  /** The next `count` words in pieces, each with its place: loops over pieces are ten times faster than a call a word. */
  private takeBlocks(count: number, use: (words: Uint32Array, at: number) => void): void {
    for (let done = 0; done < count;) {
      if (this.next === BLOCK) this.refill();
      const length = Math.min(BLOCK - this.next, count - done);
      use(this.block.subarray(this.next, this.next + length), done);
      this.next += length;
      done += length;
    }
  }

  private refill(): void {
    const { block } = this;
    // `| 0` tells the compiler that these are integers from the first round on.
    let a = this.a | 0;
    let b = this.b | 0;
    let c = this.c | 0;
    let counter = this.counter | 0;
    for (let i = 0; i < BLOCK; i++) {
      const word = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      block[i] = word;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.counter = counter;
    this.next = 0;
  }
}
