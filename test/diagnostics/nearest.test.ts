import { expect, test } from '@jest/globals';
import { didYouMean, listed, nearest } from '../../src/diagnostics/nearest.ts';

const names = ['temperature', 'alpha', 'epochs', 'batchSize', 'seed'];

test.each([
  ['temprature', 'temperature'],
  ['batch_size', 'batchSize'],
  ['BATCHSIZE', 'batchSize'],
  ['epoch', 'epochs'],
  ['sede', 'seed'],
  ['temp', 'temperature'],
  ['learningRate', undefined],
  ['x', undefined],
  ['x'.repeat(100_000), undefined],
])('%.20s means %s', (word, meant) => {
  expect(nearest(word, names)).toBe(meant);
});

test('where nothing is near, the choices are listed, if there are any', () => {
  expect(didYouMean('epoch', names, 'keys')).toBe('did you mean "epochs"?');
  expect(didYouMean('zzz', ['a', 'b'], 'keys')).toBe('keys: a, b');
  expect(didYouMean('zzz', [], 'keys')).toBeUndefined();
  expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
