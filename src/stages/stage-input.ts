import type { JsonObject } from '../base/json.ts';
import type { ArtifactFacts } from '../core/artifact.ts';
import { StageFailure } from '../core/stage-runner.ts';
import type { InputArtifact, StageContext } from '../core/stage-runner.ts';
import type { StageCheck } from '../core/stage-type.ts';

/** The artifact in a slot that the stage type declares as required. */
export function inputOf(context: StageContext, slot: string): InputArtifact {
  const input = context.inputs[slot];
  if (input === undefined) throw new Error(`nothing fills the slot ${slot}`);
  return input;
}

type Check = (options: JsonObject, inputs: Readonly<Record<string, ArtifactFacts>>) => StageCheck;

/**
 * Checks the options once more, now that all facts about the inputs are known.
 * @returns the facts about the output
 * @throws StageFailure the first problem
 */
export function checkWithInputs(context: StageContext, check: Check): ArtifactFacts {
  const facts = Object.fromEntries(Object.entries(context.inputs).map(([slot, input]) => [slot, input.facts]));
  const { problems, facts: output } = check(context.options, facts);
  const [problem] = problems;
  if (problem === undefined) return output ?? {};
  const { code, message, hint, pointer } = problem;
  throw new StageFailure(code, message, { pointer, ...(hint === undefined ? {} : { hint }) });
}
