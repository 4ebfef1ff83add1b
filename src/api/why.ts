import { failure, success, type Result } from '../base/result.ts';
import type { ExplainedKey } from '../core/explained-plan.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { type EarlierResults, earlierResults } from '../engine/earlier-results.ts';
import { planPipeline, type PlannedStage } from '../engine/plan.ts';
import { selectTargets } from '../graph/targets.ts';
import { keyChanges } from './explain.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { lookingStore } from './open-remote.ts';
import { openWorkspace } from './open-workspace.ts';
import { nameStages } from './name-stages.ts';

/**
 * A stage's key, part by part, and what differs from the nearest earlier result. Runs nothing.
 * @param name of a stage, or of one that a matrix makes several of
 * @returns the explanation of each stage that the name stands for, or every problem of the pipeline, the name of the stage included
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function explainStages(
  name: string,
  request: PipelineRequest,
): Promise<Result<readonly ExplainedKey[], readonly Problem[]>> {
  const opened = await openPipeline(request);
  if (!opened.ok) return opened;
  const named = nameStages(opened.value.spec, [name]);
  if (!named.ok) return named;
  const targets = selectTargets(opened.value.graph, named.value);
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return workspace;
  const { store, hasher } = workspace.value;
  const looking = await lookingStore(store, opened.value.project, { ...request, warn: () => undefined });
  if (!looking.ok) return failure([looking.error]);
  try {
    const plan = await planPipeline({ ...opened.value, ...workspace.value, store: looking.value.store, targets });
    const byId = new Map(plan.map((planned) => [planned.id, planned]));
    const specs = new Map(opened.value.spec.stages.map((spec) => [spec.id, spec]));
    const earlier = earlierResults(store, opened.value.spec.name);
    const explained: ExplainedKey[] = [];
    const problems: Problem[] = [];
    for (const id of named.value) {
      const [planned, spec] = [byId.get(id), specs.get(id)];
      if (planned === undefined || spec === undefined) throw new Error(`the plan leaves out ${id}`);
      if (planned.status === 'blocked') problems.push(planned.problem);
      else explained.push(await explain(planned, spec, earlier));
    }
    return problems.length > 0 ? failure(problems) : success(explained);
  } finally {
    looking.value.close();
    await hasher.close();
  }
}

async function explain(
  planned: Exclude<PlannedStage, { status: 'blocked' }>,
  spec: StageSpec,
  earlier: EarlierResults,
): Promise<ExplainedKey> {
  const common = { stage: planned.id, type: planned.type };
  if (planned.status === 'unknown') return { ...common, status: 'unknown', waitsFor: planned.waitsFor };
  if (planned.status === 'skipped') return { ...common, status: 'skipped', reason: planned.because };
  const { key, preimage } = planned;
  const status = { status: planned.status, ...('from' in planned ? { from: planned.from } : {}) };
  const near = await earlier.nearest(planned, { key, preimage });
  if (near === undefined) return { ...common, ...status, key, preimage };
  const { record, differences } = near;
  const { createdAt, madeBy } = record;
  const changes = keyChanges(spec, differences);
  return { ...common, ...status, key, preimage, nearest: { key: record.key, createdAt, madeBy, changes } };
}
