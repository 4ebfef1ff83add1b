import type { StageContext } from '../../core/stage-runner.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadSplit } from '../artifacts/dataset.ts';
import { inputOf } from '../stage-input.ts';

export interface LessonData {
  readonly train: ReadSplit;
  readonly validation?: ReadSplit;
}

/** The images to train and validate on. The test images are never read. @throws StageFailure where there are none */
export async function readLessonData(context: StageContext): Promise<LessonData> {
  const dataset = await readDataset(inputOf(context, 'data'));
  const train = await dataset.split('train');
  if (train === undefined) {
    throw new StageFailure('bad-option', 'the data set has no training images', { pointer: '/needs/data' });
  }
  const validation = await dataset.split('validation');
  return validation === undefined ? { train } : { train, validation };
}
