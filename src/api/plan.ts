import { failure, success, type Result } from '../base/result.ts';
import type { ExplainedStage } from '../core/explained-plan.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { MissReason } from '../engine/miss-reason.ts';
import { eventProblem } from '../engine/stage-problem.ts';
import { planPipeline as planStages, type PlannedStage } from '../engine/plan.ts';
import { keyChanges } from './explain.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { openWorkspace } from './open-workspace.ts';
import { selectStages, type Selection } from './select-stages.ts';

export type PlanOptions = Omit<PipelineRequest, 'file'> & Selection;

/**
 * What would run, and why, in topological order. Changes nothing and runs nothing.
 * @returns the plan, or every problem of the pipeline
 */
export async function planPipeline(
  file: string,
  options: PlanOptions = {},
): Promise<Result<readonly ExplainedStage[], readonly Problem[]>> {
  const opened = await openPipeline({ ...options, file });
  if (!opened.ok) return opened;
  const selected = selectStages(opened.value, options);
  if (!selected.ok) return selected;
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return failure(workspace.error);
  try {
    const plan = await planStages({ ...opened.value, ...workspace.value, ...selected.value });
    const specs = new Map(opened.value.spec.stages.map((stage) => [stage.id, stage]));
    return success(plan.map((planned) => explainStage(planned, specs.get(planned.id))));
  } finally {
    await workspace.value.hasher.close();
  }
}

function explainStage(planned: PlannedStage, spec: StageSpec | undefined): ExplainedStage {
  const common = { stage: planned.id, type: planned.type, needs: planned.needs };
  switch (planned.status) {
    case 'hit':
      return { ...common, status: 'hit', key: planned.key, seconds: planned.record.seconds };
    case 'miss':
      return { ...common, status: 'miss', key: planned.key, ...explainMiss(planned.reason, spec) };
    case 'unknown':
      return { ...common, status: 'unknown', waitsFor: planned.waitsFor };
    case 'blocked':
      return { ...common, status: 'blocked', problem: eventProblem(planned.problem) };
  }
}

function explainMiss(reason: MissReason, spec: StageSpec | undefined): Pick<ExplainedStage, 'reason' | 'changes'> {
  switch (reason.kind) {
    case 'never-ran':
      return { reason: 'never ran' };
    case 'forced':
      return { reason: 'forced' };
    case 'result-gone':
      return { reason: 'its result is no longer in the store' };
    case 'changed':
      return { reason: 'changed', changes: spec === undefined ? [] : keyChanges(spec, reason.differences) };
  }
}
