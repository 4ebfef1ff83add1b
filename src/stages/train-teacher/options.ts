import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { StageCheck } from '../../core/stage-type.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import { checkTraining } from '../training/options.ts';

export function checkTeacher(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const { problems, facts } = checkTraining(options, readFacts(inputs['data']));
  return facts === undefined ? { problems } : { problems, facts: writeFacts(facts) };
}
