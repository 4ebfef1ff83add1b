/** Moves images at random. Every draw is known by the seed, the round and the image alone. */
import { generator } from '../../tensor/random.ts';
import type { Augmentation, Fill } from './augmentation-spec.ts';

type Pixels = Uint8Array | Float32Array;

/** Moves images in place: those of `batch`, one after the other, are these of all images. */
type Augment = (batch: Pixels, indices: Int32Array) => void;

export interface AugmentRequest {
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  /** Images that there are. */
  readonly count: number;
  readonly seed: number;
  /** Another one moves the same images in another way: an epoch, or a copy. */
  readonly round: number;
}

/**
 * Each kind of movement draws from a stream of its own, so that one more leaves the others as they were. All images are drawn for at
 * once, in their order: how they are shuffled and cut into batches changes nothing.
 */
export function openAugmentation(augmentation: Augmentation, request: AugmentRequest): Augment {
  const { shape } = request;
  const [height = 0, width = 0, channels = 0] = shape;
  const { jitter = 0, crop = { padding: 0, fill: 'zero' }, flip } = augmentation;
  const shifts = [
    { fill: 'zero' as const, moves: drawMoves(request, 'jitter', jitter) },
    { fill: crop.fill, moves: drawMoves(request, 'crop', crop.padding) },
  ].filter(({ moves }) => moves !== undefined);
  const flipped = flip === undefined ? undefined : drawFlips(request);
  const size = height * width * channels;
  const rows = new Int32Array(height);
  const columns = new Int32Array(width);
  return (batch, indices) => {
    const before = batch.slice(0, size);
    for (const [place, index] of indices.entries()) {
      for (const [axis, from] of [rows, columns].entries()) {
        for (let to = 0; to < from.length; to++) from[to] = to;
        for (const { moves, fill } of shifts) shift(from, moves?.[2 * index + axis] ?? 0, fill);
      }
      if (flipped?.[index] === 1) columns.reverse();
      const image = batch.subarray(place * size, (place + 1) * size);
      before.set(image);
      gather(image, before, { rows, columns, channels });
    }
  };
}

/** Down and to the right by −most … most, for each image; undefined where nothing moves. */
function drawMoves({ seed, round, count }: AugmentRequest, kind: string, most: number): Int16Array | undefined {
  if (most === 0) return undefined;
  const random = generator(seed, 'augmentation', kind, round);
  return Int16Array.from({ length: 2 * count }, () => Math.floor(random.uniform() * (2 * most + 1)) - most);
}

function drawFlips({ seed, round, count }: AugmentRequest): Uint8Array {
  const random = generator(seed, 'augmentation', 'flip', round);
  return Uint8Array.from({ length: count }, () => random.uint32() >>> 31);
}

/** A place that is taken from nowhere, and is 0. */
const NOWHERE = -1;

/** `from` says for each row or column where it is taken from; afterwards for those of the image that is moved on by so many. */
function shift(from: Int32Array, by: number, fill: Fill): void {
  const before = from.slice();
  for (let to = 0; to < from.length; to++) from[to] = before[filled(to - by, from.length, fill)] ?? NOWHERE;
}

function filled(at: number, length: number, fill: Fill): number {
  const last = length - 1;
  if (at >= 0 && at <= last) return at;
  switch (fill) {
    case 'zero':
      return NOWHERE;
    case 'edge':
      return at < 0 ? 0 : last;
    case 'reflect':
      return at < 0 ? -at : 2 * last - at;
  }
}

interface Places {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly channels: number;
}

function gather(image: Pixels, before: Pixels, { rows, columns, channels }: Places): void {
  const width = columns.length;
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * width + column) * channels;
      const inside = row !== NOWHERE && column !== NOWHERE;
      for (let channel = 0; channel < channels; channel++) image[to++] = inside ? (before[from + channel] ?? 0) : 0;
    }
  }
}
