import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { conv2dBias } from '../../../src/tensor/fused.ts';
import { generator } from '../../../src/tensor/random.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose, expectGradients, expectNoLeak, expectSameOnBoth, on, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

interface Case {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  filter: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

const winograd = { filter: [3, 3], strides: [1, 1] } as const;
const cases: Case[] = [
  { batch: 2, height: 14, width: 14, inChannels: 32, outChannels: 64, ...plain(winograd), pad: 'same' },
  { batch: 3, height: 7, width: 9, inChannels: 16, outChannels: 24, ...plain(winograd), pad: 'same' },
  { batch: 1, height: 10, width: 6, inChannels: 24, outChannels: 16, ...plain(winograd), pad: 'valid' },
  { batch: 60, height: 4, width: 4, inChannels: 16, outChannels: 16, ...plain(winograd), pad: 'same' },
  { batch: 4, height: 28, width: 28, inChannels: 1, outChannels: 32, ...plain(winograd), pad: 'same' },
  { batch: 1, height: 1, width: 1, inChannels: 1, outChannels: 1, filter: [1, 1], strides: [1, 1], pad: 'valid' },
  { batch: 2, height: 5, width: 130, inChannels: 3, outChannels: 10, filter: [5, 3], strides: [2, 1], pad: 'same' },
  { batch: 2, height: 11, width: 8, inChannels: 5, outChannels: 7, filter: [2, 4], strides: [3, 2], pad: 'valid' },
  ...randomCases(25),
];

describe.each(cases)(
  'convolution of $batch×$height×$width×$inChannels, filter $filter, strides $strides, $pad, to $outChannels',
  (c) => {
    test('forward, and the gradients of the input and of the filter', async () => {
      await expectSameOnBoth(() => {
        const x = values('x', [c.batch, c.height, c.width, c.inChannels]) as tf.Tensor4D;
        const filter = values('filter', [...c.filter, c.inChannels, c.outChannels]) as tf.Tensor4D;
        const y = tf.conv2d(x, filter, c.strides, c.pad);
        const dy = values('dy', y.shape) as tf.Tensor4D;
        const [dx, dFilter] = tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.strides, c.pad))(
          [x, filter],
          dy,
        ) as [tf.Tensor, tf.Tensor];
        return [y, dx, dFilter];
      });
    });
  },
);

describe('dilated convolutions', () => {
  test.each([
    { strides: 1, dilations: 2, filter: [3, 3], inChannels: 16, outChannels: 16, pad: 'same' },
    { strides: 1, dilations: [2, 3], filter: [3, 2], inChannels: 3, outChannels: 5, pad: 'valid' },
  ] as const)('gradients are slopes, for %j', async ({ strides, dilations, filter, inChannels, outChannels, pad }) => {
    await loadBackend(testedBackend);
    const x = values('x', [2, 9, 11, inChannels]);
    const kernel = values('filter', [...filter, inChannels, outChannels]);
    const dilation = dilations as number | [number, number];
    expectGradients(
      (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad, 'NHWC', dilation),
      [x, kernel],
    );
  });

  test('are refused where the backend would compute something else', async () => {
    await loadBackend('cpu');
    const x = values('x', [1, 9, 9, 1]) as tf.Tensor4D;
    const filter = values('filter', [3, 3, 1, 1]) as tf.Tensor4D;
    expect(() => tf.grad((a) => tf.conv2d(a as tf.Tensor4D, filter, 1, 'same', 'NHWC', 2))(x)).toThrow(
      'WASM and the native backend only',
    );
  });
});

describe('convolution, bias and activation in one', () => {
  test.each([
    { inChannels: 16, outChannels: 32, activation: 'relu' },
    { inChannels: 16, outChannels: 32, activation: 'linear' },
    { inChannels: 1, outChannels: 10, activation: 'relu' },
  ] as const)(
    'is what the three operations are, gradients too: %j',
    async ({ inChannels, outChannels, activation }) => {
      const inputs = (): tf.Tensor[] => [
        values('x', [2, 7, 8, inChannels]),
        values('filter', [3, 3, inChannels, outChannels]),
        values('bias', [outChannels]),
      ];
      const separate = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const z = tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'), bias);
        return activation === 'relu' ? tf.relu(z) : z;
      };
      const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const options = { strides: 1, pad: 'same', activation } as const;
        return conv2dBias(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D, options);
      };
      const both = (layer: typeof fused) => (): tf.Tensor[] => {
        const dy = values('dy', [2, 7, 8, outChannels]);
        return [layer(...(inputs() as [tf.Tensor, tf.Tensor, tf.Tensor])), ...tf.grads(layer)(inputs(), dy)];
      };
      const expected = await on('cpu', both(separate));
      for (const backend of ['cpu', 'wasm'] as const) {
        const actual = await on(backend, both(fused));
        actual.forEach((numbers, index) => {
          expectClose(numbers, expected[index]!, 1e-5);
        });
      }
    },
  );
});

describe('on the WASM backend', () => {
  beforeAll(() => loadBackend(testedBackend));

  test("Winograd's way keeps a NaN, through ReLU too: a diverged training must be seen", () => {
    const x = tf.fill<tf.Rank.R4>([1, 8, 8, 16], NaN);
    const options = { strides: 1, pad: 'same', activation: 'relu' } as const;
    const y = conv2dBias(x, values('filter', [3, 3, 16, 16]) as tf.Tensor4D, tf.zeros([16]), options);
    expect(y.dataSync().every(Number.isNaN)).toBe(true);
  });

  test('forward and gradients leave nothing behind', () => {
    for (const channels of [1, 16]) {
      const x = values('x', [2, 8, 8, channels]) as tf.Tensor4D;
      const filter = values('filter', [3, 3, channels, 16]) as tf.Tensor4D;
      expectNoLeak(() => {
        tf.tidy(() => void tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'))([x, filter]));
      });
    }
  });
});

function plain({ filter, strides }: typeof winograd): Pick<Case, 'filter' | 'strides'> {
  return { filter: [...filter], strides: [...strides] };
}

function randomCases(count: number): Case[] {
  const random = generator(1, 'convolution cases');
  const pick = <T>(choices: readonly T[]): T => choices[random.uint32() % choices.length]!;
  return Array.from({ length: count }, () => {
    const filter: [number, number] = [pick([1, 2, 3, 3, 5]), pick([1, 2, 3, 3, 4])];
    return {
      batch: pick([1, 2, 3, 7]),
      height: pick([5, 6, 8, 13]),
      width: pick([5, 7, 8, 12]),
      inChannels: pick([1, 2, 3, 8, 16, 33]),
      outChannels: pick([1, 2, 5, 8, 16, 40]),
      filter,
      strides: pick<[number, number]>([
        [1, 1],
        [1, 1],
        [2, 2],
        [3, 3],
        [1, 2],
      ]),
      pad: pick(['same', 'valid'] as const),
    };
  });
}
