import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { StageCheck } from '../../core/stage-type.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';

export interface EvaluateOptions {
  readonly splits: readonly SplitName[];
  readonly batchSize: number;
}

export function parseEvaluate(options: JsonObject): EvaluateOptions {
  return options as unknown as EvaluateOptions;
}

export function checkEvaluate(_: JsonObject, inputs: Readonly<Record<string, ArtifactFacts | undefined>>): StageCheck {
  const models = Object.keys(inputs).filter((slot) => slot !== 'data');
  if (models.length > 0) return { problems: modelFitProblems(inputs, models) };
  return {
    problems: [
      {
        code: 'missing-slot',
        message: 'evaluate measures models, and is given none',
        hint: 'add each under a name of your choice to `needs`: `student: <a stage that trains>`',
        pointer: '/needs',
        part: 'key',
      },
    ],
  };
}
