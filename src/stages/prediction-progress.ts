import type { StageContext } from '../core/stage-runner.ts';
import type { PredictOptions } from '../distill/predict.ts';

/** Tells of a prediction under way. */
export function predictionProgress(context: StageContext, label: string): NonNullable<PredictOptions['onProgress']> {
  return ({ done, total, samplesPerSecond }) => {
    context.emit({
      type: 'stage-progress',
      done,
      total,
      unit: 'samples',
      label,
      perSecond: samplesPerSecond,
      secondsLeft: (total - done) / Math.max(1e-9, samplesPerSecond),
    });
  };
}
