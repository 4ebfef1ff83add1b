import { failure, success, type Result } from '../base/result.ts';
import type { StageId } from '../core/ids.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { selectTargets } from '../graph/targets.ts';
import { nameStages } from './name-stages.ts';
import type { OpenedPipeline } from './open-pipeline.ts';

export interface Selection {
  /** Stages to run, with everything that they need; all if absent or empty. */
  readonly targets?: readonly string[];
  /** Stages to run again, whatever the store holds. */
  readonly force?: readonly string[];
}

export interface SelectedStages {
  readonly targets?: ReadonlySet<StageId>;
  readonly force?: ReadonlySet<StageId>;
}

export function selectStages(
  { spec, graph }: OpenedPipeline,
  { targets = [], force = [] }: Selection,
): Result<SelectedStages, readonly Problem[]> {
  const named = nameStages(spec, targets);
  const forced = nameStages(spec, force);
  if (!named.ok || !forced.ok) return failure([named, forced].flatMap((each) => (each.ok ? [] : each.error)));
  return success({
    ...(named.value.length === 0 ? {} : { targets: selectTargets(graph, named.value) }),
    ...(forced.value.length === 0 ? {} : { force: new Set(forced.value) }),
  });
}
