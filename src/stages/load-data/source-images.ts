import type { ImageSet } from './labelled-images.ts';

/** A data set that comes in two parts, one of them for tests. */
export interface SourceImages {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly classes: number;
}
