import { StageFailure } from '../../core/stage-runner.ts';
import type { ImageSet } from './labelled-images.ts';
import type { PersonsFile } from '../persons-file.ts';

/** A data set that comes in two parts, one of them for tests. */
export interface SourceImages {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly classes: number;
}

interface Parts {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** As many as the person says; the largest label and one more where not told. */
  readonly classes: number | undefined;
  readonly testFile: PersonsFile;
}

/** The person's own images. @throws StageFailure where the parts do not fit each other, or a label is beyond the classes */
export function joinParts({ train, test, classes, testFile }: Parts): SourceImages {
  if (train.shape.join() !== test.shape.join()) {
    const message = `the training images are ${train.shape.join(' × ')}, and the test images ${test.shape.join(' × ')}`;
    throw new StageFailure('bad-option', message, { pointer: testFile.pointer });
  }
  const largest = Math.max(largestOf(train.labels), largestOf(test.labels));
  if (classes !== undefined && largest >= classes) {
    throw new StageFailure('bad-option', `there is a label ${largest}, and ${classes} classes count from 0`, {
      hint: `write \`classes: ${largest + 1}\`, or leave it out`,
      pointer: '/with/classes',
    });
  }
  return { train, test, classes: classes ?? largest + 1 };
}

function largestOf(labels: Uint8Array): number {
  return labels.reduce((largest, label) => Math.max(largest, label), 0);
}
