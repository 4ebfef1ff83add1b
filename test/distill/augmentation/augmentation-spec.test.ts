import { describe, expect, it } from '@jest/globals';
import { augmentationProblems, normalizeAugmentation } from '../../../src/distill/augmentation/augmentation-spec.ts';

it('writes shorthands out, and leaves out what moves nothing', () => {
  expect(normalizeAugmentation({ jitter: 2, crop: 4, flip: 'horizontal' })).toEqual({
    jitter: 2,
    crop: { padding: 4, fill: 'zero' },
    flip: 'horizontal',
  });
  expect(normalizeAugmentation({ jitter: 0, crop: 0 })).toEqual({});
  expect(normalizeAugmentation({ crop: { padding: 0, fill: 'edge' } })).toEqual({});
  const normal = normalizeAugmentation({ crop: { padding: 1, fill: 'reflect' } });
  expect(normalizeAugmentation(normal)).toEqual(normal);
});

it('leaves alone what it does not understand', () => {
  expect(normalizeAugmentation({ jiter: 2, crop: 'x' })).toEqual({ jiter: 2, crop: 'x' });
  expect(normalizeAugmentation(3)).toBe(3);
});

describe('an image', () => {
  it('is not moved out of its own frame', () => {
    expect(augmentationProblems({ jitter: 5, crop: { padding: 5, fill: 'zero' } }, [6, 9, 1])).toEqual([]);
    const problems = augmentationProblems({ jitter: 6, crop: { padding: 7, fill: 'zero' } }, [6, 9, 1]);
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/jitter', '/crop']);
    expect(problems[0]?.message).toBe('a jitter of 6 pixels can move an image of 6 × 9 out of its own frame');
  });

  it('has height and width', () => {
    expect(augmentationProblems({ jitter: 1 }, [784])).toMatchObject([{ pointer: '' }]);
    expect(augmentationProblems({ jitter: 1 }, undefined)).toEqual([]);
  });
});
