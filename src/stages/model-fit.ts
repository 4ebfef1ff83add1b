import type { ArtifactFacts } from '../core/artifact.ts';
import type { OptionProblem } from '../core/stage-type.ts';
import { readFacts } from './artifacts/facts.ts';
import type { KnownFacts } from './artifacts/facts.ts';

/** Whether each model can look at the images of the slot `data`, as far as their facts tell. */
export function modelFitProblems(
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
  slots: readonly string[],
): OptionProblem[] {
  const data = readFacts(inputs['data']);
  return slots.flatMap((slot) => {
    const message = misfit(data, readFacts(inputs[slot]));
    if (message === undefined) return [];
    return [
      {
        code: 'shape-mismatch',
        message: `${slot} ${message}`,
        hint: 'give it the data set that the model was trained on, or one of the same shape',
        pointer: `/needs/${slot}`,
      },
    ];
  });
}

/** @returns what a model does that does not fit the data, as the rest of a sentence */
function misfit(data: KnownFacts, model: KnownFacts): string | undefined {
  const { inputShape: images, classes } = data;
  const { inputShape: takes, classes: tells } = model;
  if (images !== undefined && takes !== undefined && images.join() !== takes.join()) {
    return `takes images of [${takes.join(', ')}], and the data set's are [${images.join(', ')}]`;
  }
  if (classes !== undefined && tells !== undefined && classes !== tells) {
    return `tells ${tells} classes apart, and the data set has ${classes}`;
  }
  return undefined;
}
