import type { Checkpoints } from '../core/stage-runner.ts';

/** Checkpoints in a folder of the store (`Store.checkpointFolder`), which is made when first written to. */
export function folderCheckpoints(_folder: string): Checkpoints {
  throw new Error('not written yet');
}
