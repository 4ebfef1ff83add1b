import type { EpochFigures } from '../../core/stage-runner.ts';
import { nothingSeen } from './early-stopping.ts';
import type { Watch } from './early-stopping.ts';

/** Where a training stands at the end of an epoch, but for the weights. */
export interface Course {
  /** The last that ended; 0 before the first. */
  readonly epoch: number;
  /** One entry an epoch. */
  readonly history: readonly EpochFigures[];
  readonly watch: Watch;
  /** Patience is over: no further epoch will come. */
  readonly stopped: boolean;
  /** Weights of `watch.bestEpoch`, where they are to be restored. */
  readonly best: Float32Array | undefined;
}

export const beginning: Course = { epoch: 0, history: [], watch: nothingSeen, stopped: false, best: undefined };
