/** Augmentation as it is written in YAML: how training images are moved at random. Pure: planning reads it, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/** In the order in which they are applied. What is absent is not done. */
export interface Augmentation {
  /** Up to so many pixels in each direction; what comes in from outside is 0 (Hinton et al. 2015, arXiv 1503.02531, by 2). */
  readonly jitter?: number;
  /** As if so many pixels were put around the image, and one of the old size cut out anywhere (He et al. 2015, arXiv 1512.03385, by 4). */
  readonly crop?: { readonly padding: number; readonly fill: Fill };
  /** Left and right change places, with a chance of one half. */
  readonly flip?: 'horizontal';
}

/** What is around an image: 0, its own outermost pixels, or the image mirrored there without them. */
export type Fill = 'zero' | 'edge' | 'reflect';

/**
 * Shorthands and defaults written out: `crop: 4` becomes `crop: { padding: 4, fill: zero }`; what moves by 0 pixels is left out.
 * Expects what the schema accepts; what it does not understand it leaves as it is.
 */
export function normalizeAugmentation(augmentation: JsonValue): JsonValue {
  if (!isJsonObject(augmentation)) return augmentation;
  const { jitter, crop, ...rest } = augmentation;
  const written = crop === undefined ? undefined : normalizeCrop(crop);
  return {
    ...(jitter === undefined || jitter === 0 ? {} : { jitter }),
    ...(written === undefined || (isJsonObject(written) && written['padding'] === 0) ? {} : { crop: written }),
    ...rest,
  };
}

/** @param augmentation of {@link normalizeAugmentation}, accepted by the schema */
export function parseAugmentation(augmentation: JsonObject): Augmentation {
  return augmentation;
}

export interface AugmentationProblem {
  readonly message: string;
  readonly hint: string;
  /** Below the augmentation's: `/jitter`. */
  readonly pointer: string;
}

/** @param shape of one image, where known: what moves it has to leave some of it */
export function augmentationProblems(
  { jitter = 0, crop }: Augmentation,
  shape: readonly number[] | undefined,
): AugmentationProblem[] {
  if (shape === undefined) return [];
  if (shape.length !== 3) {
    const message = `augmentation moves images of [height, width, channels], and the data set's are [${shape.join(', ')}]`;
    return [{ message, hint: 'leave `augmentation` out', pointer: '' }];
  }
  const [height = 0, width = 0] = shape;
  const side = Math.min(height, width);
  const tooFar = (what: string, pixels: number, pointer: string): AugmentationProblem[] => {
    if (pixels < side) return [];
    const message = `${what} of ${pixels} pixels can move an image of ${height} × ${width} out of its own frame`;
    return [{ message, hint: `at most ${side - 1} are possible, and 2 to 4 are usual`, pointer }];
  };
  return [...tooFar('a jitter', jitter, '/jitter'), ...tooFar('a crop with a padding', crop?.padding ?? 0, '/crop')];
}

function normalizeCrop(crop: JsonValue): JsonValue {
  if (typeof crop === 'number') return normalizeCrop({ padding: crop });
  return isJsonObject(crop) ? { fill: 'zero', ...crop } : crop;
}
