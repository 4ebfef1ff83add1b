import type * as TensorFlow from '../../../tensor/tf.ts';

/**
 * Both images averaged down to the smaller height and the smaller width of the two. From H to h: windows of H − (h − 1)·⌊H/h⌋ in steps
 * of ⌊H/h⌋, which is PyTorch's adaptive pooling wherever h divides H.
 */
export function toSameArea(
  tf: typeof TensorFlow,
  first: TensorFlow.Tensor,
  second: TensorFlow.Tensor,
): [TensorFlow.Tensor, TensorFlow.Tensor] {
  const [, ...from] = first.shape;
  const [, ...to] = second.shape;
  const height = Math.min(from[0] ?? 1, to[0] ?? 1);
  const width = Math.min(from[1] ?? 1, to[1] ?? 1);
  return [averaged(tf, first, height, width), averaged(tf, second, height, width)];
}

function averaged(tf: typeof TensorFlow, image: TensorFlow.Tensor, height: number, width: number): TensorFlow.Tensor {
  const [, from = 1, across = 1] = image.shape;
  if (from === height && across === width) return image;
  const strides: [number, number] = [Math.floor(from / height), Math.floor(across / width)];
  const size: [number, number] = [from - (height - 1) * strides[0], across - (width - 1) * strides[1]];
  return tf.avgPool(image as TensorFlow.Tensor4D, size, strides, 'valid');
}
