import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/base/json.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { inferShapes } from '../../../src/distill/model/shapes.ts';

const conv = (filters: number): JsonValue => ({
  conv2d: { filters, kernelSize: 3, padding: 'same', activation: 'relu' },
});
const pool: JsonValue = { maxPooling2d: 2 };
const teacher: JsonValue[] = [conv(32), pool, conv(64), pool, conv(64), pool, 'flatten', { dense: 10 }];

describe('shapes', () => {
  it("are the recipe's, and so are the parameters", () => {
    const found = infer(teacher);
    expect(found.shapes.map((shape) => shape.join('×'))).toEqual([
      '28×28×32',
      '14×14×32',
      '14×14×64',
      '7×7×64',
      '7×7×64',
      '3×3×64',
      '576',
      '10',
    ]);
    expect(found).toMatchObject({ parameters: 61_514, problems: [] });
    expect(infer(['flatten', { dense: 512 }, { dense: 10 }]).parameters).toBe(407_050);
  });

  it('of a residual block are those of its layers, with the projection among its weights', () => {
    const block = { residual: { layers: [{ conv2d: { filters: 4, kernelSize: 3, strides: 2, padding: 'same' } }] } };
    const found = infer([block, block, 'flatten', { dense: 10 }]);
    expect(found.shapes.map((shape) => shape.join('×'))).toEqual(['14×14×4', '14×14×4', '7×7×4', '7×7×4', '196', '10']);
    // A convolution and its projection: 9 · 1 · 4 + 4 and 1 · 4 + 4, then 9 · 4 · 4 + 4 and 4 · 4 + 4.
    expect(found).toMatchObject({ parameters: 40 + 8 + 148 + 20 + 1970, problems: [] });
  });

  it('of one layer are those of Keras in test/distill/model/model.test.ts', () => {
    expect(infer([{ conv2d: { filters: 2, kernelSize: 5, strides: 2 } }, 'flatten', { dense: 10 }]).shapes[0]).toEqual([
      12, 12, 2,
    ]);
  });
});

describe('what does not fit', () => {
  it.each<[string, JsonValue[], number, string, string]>([
    [
      'pooling after flatten',
      ['flatten', pool, { dense: 10 }],
      1,
      'maxPooling2d needs [height, width, channels], but layer 1 (flatten) gives [784]',
      'before `flatten`',
    ],
    [
      'dense on an image',
      [{ dense: 10 }],
      0,
      'dense needs [inputs], but the data gives [28, 28, 1]',
      'put `flatten` before it',
    ],
    [
      'a window too large',
      [pool, pool, pool, { conv2d: { filters: 4, kernelSize: 5 } }, 'flatten', { dense: 10 }],
      3,
      'conv2d has a window of 5×5, but layer 3 (maxPooling2d) gives [3, 3, 1]',
      'padding: same',
    ],
    [
      'a softmax at the end',
      ['flatten', { dense: { units: 10, activation: 'softmax' } }],
      1,
      'the model ends with a softmax, but it has to give logits',
      '`dense: 10` without an activation',
    ],
    [
      'a softmax layer at the end',
      ['flatten', { dense: 10 }, { activation: 'softmax' }],
      2,
      'the model ends with a softmax, but it has to give logits',
      'leave this layer out',
    ],
    [
      'an image at the end',
      [conv(10)],
      0,
      'the model has to give one logit a class, but layer 1 (conv2d) gives [28, 28, 10]',
      '`flatten` and `dense: 10`',
    ],
    [
      'another number of classes',
      ['flatten', { dense: 12 }],
      1,
      'the data has 10 classes, but layer 2 (dense) gives 12 logits',
      '`dense: 10`',
    ],
    [
      'two layers of one name',
      [{ flatten: { name: 'a' } }, { dense: { units: 10, name: 'a' } }],
      1,
      'layer 2 has the name of layer 1: a',
      'unique',
    ],
    [
      'strides beside dilation',
      [{ conv2d: { filters: 4, kernelSize: 3, strides: 2, dilationRate: 2 } }, 'flatten', { dense: 10 }],
      0,
      'conv2d has both strides and a dilationRate above 1, which no backend computes',
      'at 1',
    ],
    [
      'more weights than memory',
      ['flatten', { dense: 1_000_000_000_000 }, { dense: 10 }],
      1,
      'with this dense the model has more than 268,435,456 parameters, which do not fit into memory when training',
      'smaller',
    ],
    [
      'strides that differ, depthwise',
      [{ depthwiseConv2d: { kernelSize: 3, strides: [1, 2] } }, 'flatten', { dense: 10 }],
      0,
      'depthwiseConv2d has strides of 1 and 2, and they have to be equal, as in TensorFlow',
      'one number for both',
    ],
    [
      'a block that shrinks the image by no whole stride',
      [{ residual: { layers: [conv(2), { conv2d: { filters: 4, kernelSize: 4 } }] } }, 'flatten', { dense: 10 }],
      2,
      'residual has a shortcut of [28, 28, 1], but layer 1.2 (conv2d) gives [25, 25, 4]',
      'padding: same',
    ],
    [
      'a block from an image to a list',
      [{ residual: { layers: ['flatten', { dense: 10 }] } }],
      2,
      'residual has a shortcut of [28, 28, 1], but layer 1.2 (dense) gives [10]',
      '`shortcut`',
    ],
    [
      'a shortcut of another shape',
      [{ residual: { layers: [conv(4)], shortcut: [pool] } }, 'flatten', { dense: 10 }],
      2,
      'residual has a shortcut of [14, 14, 1], but layer 1.1 (conv2d) gives [28, 28, 4]',
      'same shape',
    ],
    [
      'a layer inside of a block',
      [pool, { residual: { layers: [conv(4), { dense: 3 }] } }, 'flatten', { dense: 10 }],
      2,
      'dense needs [inputs], but layer 2.1 (conv2d) gives [14, 14, 4]',
      'put `flatten` before it',
    ],
    [
      'two layers of one name, one in a block',
      [
        { residual: { layers: [{ flatten: { name: 'a' } }], shortcut: ['flatten'] } },
        { dense: { units: 10, name: 'a' } },
      ],
      3,
      'layer 2 has the name of layer 1.1: a',
      'unique',
    ],
    ['no layer at all', [], 0, 'the model has no layers', '`dense: 10`'],
  ])('%s', (_, model, layer, message, hint) => {
    const { problems } = infer(model);
    expect(problems).toEqual([{ layer, message, hint: expect.stringContaining(hint) }]);
  });

  it('is not held against a model whose classes are not known', () => {
    expect(inferShapes(parseLayers(normalizeModel(['flatten', { dense: 3 }])), [28, 28, 1]).problems).toEqual([]);
  });
});

function infer(model: JsonValue[]) {
  return inferShapes(parseLayers(normalizeModel(model)), [28, 28, 1], 10);
}
