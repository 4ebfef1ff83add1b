import { failure, success, type Result } from '../base/result.ts';
import type { StageId } from '../core/ids.ts';
import type { PipelineSpec } from '../core/pipeline-spec.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** Stages by the names that a person gave on the command line; every name that the pipeline does not have is a problem. */
export function nameStages(
  spec: PipelineSpec,
  names: readonly string[],
): Result<readonly StageId[], readonly Problem[]> {
  const ids = spec.stages.map(({ id }) => id);
  const problems: Problem[] = [];
  const named = names.flatMap((name) => {
    const id = ids.find((each) => each === name);
    if (id === undefined) problems.push(unknownStage(spec, name));
    return id === undefined ? [] : [id];
  });
  return problems.length > 0 ? failure(problems) : success(named);
}

function unknownStage(spec: PipelineSpec, name: string): Problem {
  const hint = didYouMean(
    name,
    spec.stages.map(({ id }) => id),
    'its stages',
  );
  return {
    code: 'unknown-stage',
    message: `${spec.source.name} has no stage "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  };
}
