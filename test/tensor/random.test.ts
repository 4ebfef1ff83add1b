import { describe, expect, test } from '@jest/globals';
import { generator } from '../../src/tensor/random.ts';

test('a stream is what it always was: caches and papers depend on it', () => {
  const stream = generator(1, 'shuffle', 0);
  expect([stream.uint32(), stream.uint32(), stream.uint32()]).toMatchInlineSnapshot(`
   [
     591984656,
     2628784593,
     2961802381,
   ]
  `);
  expect(Array.from(generator(7, 'split').permutation(10))).toMatchInlineSnapshot(`
   [
     0,
     9,
     5,
     3,
     4,
     7,
     8,
     2,
     6,
     1,
   ]
  `);
  const normals = new Float32Array(3);
  generator(7, 'kernel', 'conv2d').fillNormal(normals, 0, 1);
  expect(Array.from(normals)).toMatchInlineSnapshot(`
   [
     0.9911977648735046,
     0.9053277373313904,
     2.1448519229888916,
   ]
  `);
});
