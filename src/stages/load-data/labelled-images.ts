import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { LabelledImages } from '../artifacts/dataset.ts';
import type { IdxArray } from './idx-format.ts';

/** Images with their labels, and the shape of one image. */
export interface ImageSet extends LabelledImages {
  /** [height, width, channels] */
  readonly shape: readonly number[];
}

/** An IDX array that is no images or no labels, or two that do not belong together; told for the one or the other. */
export interface PairingProblem {
  readonly file: 'images' | 'labels';
  /** The rest of a sentence that begins with the file's name. */
  readonly message: string;
}

export function pairImages(images: IdxArray, labels: IdxArray): Result<ImageSet, PairingProblem> {
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (images.shape.length < 3) {
    const message = `has the shape ${images.shape.join(' × ')}, and images are count × height × width (× channels)`;
    return failure({ file: 'images', message });
  }
  if (labels.shape.length !== 1) {
    return failure({ file: 'labels', message: `has the shape ${labels.shape.join(' × ')}, and labels are one list` });
  }
  if (count === 0 || height * width * channels === 0) return failure({ file: 'images', message: 'holds no images' });
  if (labels.shape[0] !== count) {
    return failure({ file: 'labels', message: `has ${labels.shape[0] ?? 0} labels for ${count} images` });
  }
  return success({ images: images.data, labels: labels.data, shape: [height, width, channels] });
}
