import { failure, success, type Result } from '../base/result.ts';
import type { ExplainedKey } from '../core/explained-plan.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { earlierResults } from '../engine/earlier-results.ts';
import { planPipeline } from '../engine/plan.ts';
import { keyChanges } from './explain.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { openWorkspace } from './open-workspace.ts';
import { selectStages } from './select-stages.ts';

/** @returns the explanation, or every problem of the pipeline, the name of the stage included */
export async function explainStage(
  name: string,
  request: PipelineRequest,
): Promise<Result<ExplainedKey, readonly Problem[]>> {
  const opened = await openPipeline(request);
  if (!opened.ok) return opened;
  const selected = selectStages(opened.value, { targets: [name] });
  if (!selected.ok) return selected;
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return workspace;
  const { store, hasher } = workspace.value;
  try {
    const plan = await planPipeline({ ...opened.value, ...workspace.value, ...selected.value });
    const planned = plan.find(({ id }) => id === name);
    const spec = opened.value.spec.stages.find(({ id }) => id === name);
    if (planned === undefined || spec === undefined) throw new Error(`the plan leaves out ${name}`);
    if (planned.status === 'blocked') return failure([planned.problem]);
    const common = { stage: planned.id, type: planned.type };
    if (planned.status === 'unknown') return success({ ...common, status: 'unknown', waitsFor: planned.waitsFor });
    const { status, key, preimage } = planned;
    const near = await earlierResults(store, opened.value.spec.name).nearest(planned, { key, preimage });
    if (near === undefined) return success({ ...common, status, key, preimage });
    const { record, differences } = near;
    const { createdAt, madeBy } = record;
    const changes = keyChanges(spec, differences);
    return success({ ...common, status, key, preimage, nearest: { key: record.key, createdAt, madeBy, changes } });
  } finally {
    await hasher.close();
  }
}
