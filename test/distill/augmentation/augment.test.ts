import { describe, expect, it } from '@jest/globals';
import { openAugmentation } from '../../../src/distill/augmentation/augment.ts';
import type { AugmentRequest } from '../../../src/distill/augmentation/augment.ts';
import type { Augmentation, Fill } from '../../../src/distill/augmentation/augmentation-spec.ts';

const COUNT = 200;
const [HEIGHT, WIDTH, CHANNELS] = [5, 4, 2];
const SIZE = HEIGHT * WIDTH * CHANNELS;

/** No two numbers of it are alike, and none is 0. */
const image = Uint8Array.from({ length: SIZE }, (_, at) => at + 1);
const all = Int32Array.from({ length: COUNT }, (_, index) => index);

/** The same image so often, each moved in its own way. */
function moved(augmentation: Augmentation, more: Partial<AugmentRequest> = {}, indices = all): number[][] {
  const batch = new Uint8Array(indices.length * SIZE);
  for (let place = 0; place < indices.length; place++) batch.set(image, place * SIZE);
  openAugmentation(augmentation, { shape: [HEIGHT, WIDTH, CHANNELS], count: COUNT, seed: 1, round: 1, ...more })(
    batch,
    indices,
  );
  return Array.from(indices, (_, place) => [...batch.subarray(place * SIZE, (place + 1) * SIZE)]);
}

/** Written anew: pixel by pixel, as the definition says. */
function shifted(down: number, right: number, fill: Fill): number[] {
  const place = (at: number, length: number): number => {
    if (at >= 0 && at < length) return at;
    if (fill === 'edge') return Math.min(length - 1, Math.max(0, at));
    if (fill === 'reflect') return at < 0 ? -at : 2 * (length - 1) - at;
    return NaN;
  };
  return Array.from({ length: SIZE }, (_, at) => {
    const channel = at % CHANNELS;
    const column = place((Math.floor(at / CHANNELS) % WIDTH) - right, WIDTH);
    const row = place(Math.floor(at / (CHANNELS * WIDTH)) - down, HEIGHT);
    return image[(row * WIDTH + column) * CHANNELS + channel] ?? 0;
  });
}

function grid(most: number): [number, number][] {
  const steps = Array.from({ length: 2 * most + 1 }, (_, step) => step - most);
  return steps.flatMap((down) => steps.map((right): [number, number] => [down, right]));
}

function distinct(images: readonly number[][]): string[] {
  return [...new Set(images.map((each) => each.join()))].sort();
}

describe('moves', () => {
  it.each<[string, Augmentation, number, Fill]>([
    ['jitter', { jitter: 1 }, 1, 'zero'],
    ['crop', { crop: { padding: 2, fill: 'zero' } }, 2, 'zero'],
    ['crop with the edge', { crop: { padding: 2, fill: 'edge' } }, 2, 'edge'],
    ['crop with the mirrored image', { crop: { padding: 1, fill: 'reflect' } }, 1, 'reflect'],
  ])('%s: each possible one comes up, and nothing else', (_, augmentation, most, fill) => {
    expect(distinct(moved(augmentation))).toEqual(distinct(grid(most).map(([d, r]) => shifted(d, r, fill))));
  });

  it('are equally likely', () => {
    const count = 9000;
    const indices = Int32Array.from({ length: count }, (_, index) => index);
    const seen = new Map<string, number>();
    for (const each of moved({ jitter: 1 }, { count }, indices))
      seen.set(each.join(), (seen.get(each.join()) ?? 0) + 1);
    // Of 1000 each; the standard deviation is 30.
    for (const times of seen.values()) expect(Math.abs(times - 1000)).toBeLessThan(150);
  });

  it('flip changes left and right in half of the images', () => {
    const mirrored = shifted(0, 0, 'zero').map((_, at) => {
      const [channel, column] = [at % CHANNELS, Math.floor(at / CHANNELS) % WIDTH];
      return image[at - column * CHANNELS - channel + (WIDTH - 1 - column) * CHANNELS + channel] ?? 0;
    });
    const flipped = moved({ flip: 'horizontal' });
    expect(distinct(flipped)).toEqual(distinct([[...image], mirrored]));
    const times = flipped.filter((each) => each.join() === mirrored.join()).length;
    expect(Math.abs(times - COUNT / 2)).toBeLessThan(40);
  });

  it('together are one after the other: jitter, crop, flip', () => {
    const jittered = moved({ jitter: 1 });
    const both = moved({ jitter: 1, crop: { padding: 1, fill: 'edge' } });
    const cropped = moved({ crop: { padding: 1, fill: 'edge' } });
    for (const [index, each] of both.entries()) {
      const way = grid(1).find(([d, r]) => shifted(d, r, 'edge').join() === cropped[index]?.join()) ?? [NaN, NaN];
      const [down, right] = way;
      const expected = Array.from({ length: SIZE }, (_, at) => {
        const [channel, column, row] = [
          at % CHANNELS,
          Math.floor(at / CHANNELS) % WIDTH,
          Math.floor(at / CHANNELS / WIDTH),
        ];
        const from = [Math.min(HEIGHT - 1, Math.max(0, row - down)), Math.min(WIDTH - 1, Math.max(0, column - right))];
        return jittered[index]?.[((from[0] ?? 0) * WIDTH + (from[1] ?? 0)) * CHANNELS + channel];
      });
      expect(each).toEqual(expected);
    }
  });

  it('nothing where nothing is said', () => {
    expect(distinct(moved({}))).toEqual([image.join()]);
  });
});

describe('what an image is moved by', () => {
  const augmentation: Augmentation = { jitter: 2, crop: { padding: 1, fill: 'edge' }, flip: 'horizontal' };

  it('is its own, whatever batch it is in', () => {
    const whole = moved(augmentation);
    const some = Int32Array.of(150, 3, 3, 77);
    expect(moved(augmentation, {}, some)).toEqual([...some].map((index) => whole[index]));
  });

  it('is another one in another round, and for another seed', () => {
    const [first] = [moved(augmentation)];
    expect(moved(augmentation)).toEqual(first);
    for (const other of [{ round: 2 }, { seed: 2 }]) {
      const same = moved(augmentation, other).filter((each, index) => each.join() === first[index]?.join());
      expect(same.length).toBeLessThan(COUNT / 10);
    }
  });

  it('stays as it was when another kind of movement is added', () => {
    const jittered = moved({ jitter: 1 });
    const both = moved({ jitter: 1, flip: 'horizontal' });
    const same = both.filter((each, index) => each.join() === jittered[index]?.join());
    expect(same.length).toBeGreaterThan(COUNT / 3);
  });
});

it('moves numbers of floats as it moves bytes', () => {
  const batch = Float32Array.from(image, (byte) => byte / 255);
  openAugmentation({ jitter: 2 }, { shape: [HEIGHT, WIDTH, CHANNELS], count: COUNT, seed: 1, round: 1 })(
    batch,
    Int32Array.of(9),
  );
  const [bytes = []] = moved({ jitter: 2 }, {}, Int32Array.of(9));
  expect([...batch]).toEqual([...Float32Array.from(bytes, (byte) => byte / 255)]);
});
