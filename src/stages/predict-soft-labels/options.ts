import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { StageCheck } from '../../core/stage-type.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';

export interface PredictOptions {
  readonly splits: readonly SplitName[];
  readonly batchSize: number;
}

export function parsePredict(options: JsonObject): PredictOptions {
  return options as unknown as PredictOptions;
}

export function checkPredict(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const { splits } = parsePredict(options);
  const { classes, counts } = readFacts(inputs['data']);
  const problems = modelFitProblems(inputs, ['teacher']);
  const labelled = splits.map((name): [string, number] => [name, counts?.[name] ?? 0]).filter(([, count]) => count > 0);
  const facts = {
    ...(classes === undefined ? {} : { classes }),
    ...(counts === undefined ? {} : { counts: Object.fromEntries(labelled) }),
  };
  return { problems, facts: writeFacts(facts) };
}
