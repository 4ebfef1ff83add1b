import { failure, success, type Result } from '../base/result.ts';
import type { StageId } from '../core/ids.ts';
import type { PipelineSpec } from '../core/pipeline-spec.ts';
import { stageNames } from '../core/stage-names.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';

/**
 * Stages by the names that a person gave on the command line, where a stage's name stands for all its variants; every name that the
 * pipeline does not have is a problem.
 */
export function nameStages(
  spec: PipelineSpec,
  names: readonly string[],
): Result<readonly StageId[], readonly Problem[]> {
  if (names.length === 0) return success([]);
  const known = stageNames(spec.stages);
  const problems: Problem[] = [];
  const named = names.flatMap((name) => {
    const found = known.find(name).map(({ id }) => id);
    if (found.length === 0) problems.push(unknownStage(spec, name, known.near(name)));
    return found;
  });
  return problems.length > 0 ? failure(problems) : success(named);
}

function unknownStage(spec: PipelineSpec, name: string, near: readonly string[]): Problem {
  const hint = didYouMean(name, near, name.includes('@') ? 'its variants' : 'its stages');
  return {
    code: 'unknown-stage',
    message: `${spec.source.name} has no stage "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  };
}
