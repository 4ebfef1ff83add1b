import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';

export interface CorrectBiasOptions {
  readonly classes: readonly number[];
  readonly batchSize: number;
}

export function parseCorrectBias(options: JsonObject): CorrectBiasOptions {
  return options as unknown as CorrectBiasOptions;
}

export function checkCorrectBias(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const data = readFacts(inputs['data']);
  const problems = [
    ...modelFitProblems(inputs, ['model']),
    ...classProblems(parseCorrectBias(options), data),
    ...validationProblems(data),
  ];
  return { problems, facts: writeFacts(readFacts(inputs['model'])) };
}

function classProblems({ classes }: CorrectBiasOptions, { classes: known }: KnownFacts): OptionProblem[] {
  if (known === undefined) return [];
  const unknown = classes.findIndex((label) => label >= known);
  if (unknown >= 0) {
    return [
      {
        code: 'bad-option',
        message: `there is no class ${classes[unknown] ?? ''}: the data set has ${known}, from 0`,
        pointer: `/with/classes/${unknown}`,
      },
    ];
  }
  if (classes.length < known) return [];
  const message = 'moving all classes by the same shift changes nothing';
  return [{ code: 'bad-option', message, hint: 'name some of them', pointer: '/with/classes' }];
}

function validationProblems({ counts }: KnownFacts): OptionProblem[] {
  if (counts?.validation !== 0) return [];
  return [
    {
      code: 'bad-option',
      message: 'the shift is fitted on validation images, and the data set has none',
      hint: 'give load-data a `split` with `validation`',
      pointer: '/needs/data',
    },
  ];
}
