import { expect, test } from '@jest/globals';
import { featuresIn } from '../../../src/api/doctor/cpu-features.ts';

test('the processor says what it has; a system without such a list says nothing', () => {
  expect(featuresIn('processor\t: 0\nflags\t\t: fpu sse4_2 avx f16c avx2 fma avx512f\nbugs\t\t:\n')).toEqual([
    ...['AVX', 'AVX2', 'FMA', 'AVX-512'],
  ]);
  expect(featuresIn('flags\t: fpu sse2\n')).toEqual([]);
  expect(featuresIn(undefined)).toBeUndefined();
});
