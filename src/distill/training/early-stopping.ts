/** When to stop, and which epoch was best: Keras' EarlyStopping, as a value that a checkpoint can hold. */
import type { EpochFigures } from '../../core/stage-runner.ts';

type Monitor = 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy';

export interface EarlyStopping {
  readonly monitor: Monitor;
  /** Epochs without improvement after which training stops. */
  readonly patience: number;
  /** What counts as one. */
  readonly minDelta: number;
}

/** What was seen so far. Plain JSON. */
export interface Watch {
  /** From 1; 0 before the first epoch. */
  readonly bestEpoch: number;
  readonly best: number | null;
  readonly wait: number;
}

export const nothingSeen: Watch = { bestEpoch: 0, best: null, wait: 0 };

/** The watch after one more epoch. Losses fall, accuracies rise; an improvement is one by more than `minDelta`. */
export function watchEpoch(watch: Watch, rule: EarlyStopping, epoch: number, figures: EpochFigures): Watch {
  const value = figures[rule.monitor];
  if (value === undefined) throw new Error(`there is no ${rule.monitor} to watch`);
  const gain = watch.best === null ? Infinity : risingMonitor(rule.monitor) ? value - watch.best : watch.best - value;
  return gain > rule.minDelta ? { bestEpoch: epoch, best: value, wait: 0 } : { ...watch, wait: watch.wait + 1 };
}

/** Whether patience is at its end. Never after the first epoch, as in Keras. */
export function patienceOver(watch: Watch, rule: EarlyStopping): boolean {
  return watch.wait > 0 && watch.wait >= rule.patience;
}

function risingMonitor(monitor: Monitor): boolean {
  return monitor === 'accuracy' || monitor === 'validationAccuracy';
}
