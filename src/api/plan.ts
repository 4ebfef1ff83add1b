import { failure, success, type Result } from '../base/result.ts';
import { artifactBytes } from '../core/artifact.ts';
import type { ExplainedPlan, ExplainedStage } from '../core/explained-plan.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { MissReason } from '../engine/miss-reason.ts';
import { expectedCost } from '../engine/expected-cost.ts';
import { eventProblem } from '../engine/stage-problem.ts';
import { planPipeline as planStages, type PlannedStage } from '../engine/plan.ts';
import { keyChanges } from './explain.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { lookingStore } from './open-remote.ts';
import { openWorkspace } from './open-workspace.ts';
import { selectStages, type Selection } from './select-stages.ts';

/** What to plan. */
export type PlanOptions = Omit<PipelineRequest, 'file'> &
  Selection & {
    /** Stages at once, for how long it may take; the project's, if absent. */
    readonly jobs?: number;
  };

/**
 * What would run, why, and about how long it would take. Changes nothing and runs nothing.
 * @param file relative to `options.cwd`
 * @returns the plan, or every problem of the pipeline
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function planPipeline(
  file: string,
  options: PlanOptions = {},
): Promise<Result<ExplainedPlan, readonly Problem[]>> {
  const opened = await openPipeline({ ...options, file });
  if (!opened.ok) return opened;
  const selected = selectStages(opened.value, options);
  if (!selected.ok) return selected;
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return failure(workspace.error);
  const warnings: string[] = [];
  const looking = await lookingStore(workspace.value.store, opened.value.project, {
    ...options,
    warn: (message) => warnings.push(message),
  });
  if (!looking.ok) return failure([looking.error]);
  const { store } = looking.value;
  try {
    const plan = await planStages({ ...opened.value, ...workspace.value, ...selected.value, store });
    const specs = new Map(opened.value.spec.stages.map((stage) => [stage.id, stage]));
    const stages = plan.map((planned) => explainStage(planned, specs.get(planned.id)));
    const reused = stages.filter(({ status }) => status === 'hit');
    return success({
      stages,
      expected: expectedCost(stages, options.jobs ?? opened.value.project.jobs),
      saved: {
        seconds: reused.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
        bytes: reused.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      },
      ...(warnings.length === 0 ? {} : { warnings }),
    });
  } finally {
    looking.value.close();
    await workspace.value.hasher.close();
  }
}

function explainStage(planned: PlannedStage, spec: StageSpec | undefined): ExplainedStage {
  const variant = spec?.variant === undefined ? {} : { variant: spec.variant };
  const common = { stage: planned.id, ...variant, type: planned.type, needs: planned.needs };
  switch (planned.status) {
    case 'hit':
      return {
        ...common,
        status: 'hit',
        key: planned.key,
        ...(planned.from === undefined ? {} : { from: planned.from }),
        seconds: planned.record.seconds,
        bytes: artifactBytes(planned.record.artifact),
      };
    case 'miss':
      return {
        ...common,
        status: 'miss',
        key: planned.key,
        ...explainMiss(planned.reason, spec),
        ...planned.prediction,
      };
    case 'unknown':
      return { ...common, status: 'unknown', waitsFor: planned.waitsFor, ...planned.prediction };
    case 'skipped':
      return { ...common, status: 'skipped', reason: planned.because };
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
    case 'uncached':
      return { reason: 'cache: false' };
    case 'result-gone':
      return { reason: 'its result is no longer in the store' };
    case 'changed':
      return { reason: 'changed', changes: spec === undefined ? [] : keyChanges(spec, reason.differences) };
  }
}
