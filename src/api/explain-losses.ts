import { isJsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { ExplainedLoss, LossShares } from '../core/explained-loss.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { LossFormula } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { earlierResults, type EarlierResults } from '../engine/earlier-results.ts';
import { planPipeline, type PlannedStage } from '../engine/plan.ts';
import { selectTargets } from '../graph/targets.ts';
import { nameStages } from './name-stages.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { openWorkspace } from './open-workspace.ts';

/**
 * What each training makes small, and how much each of its terms moved the weights when it last ran. Runs nothing.
 * @param names of stages; all if empty
 * @returns those of them that train, in the order of the file; or every problem
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function explainLosses(
  names: readonly string[],
  request: PipelineRequest,
): Promise<Result<readonly ExplainedLoss[], readonly Problem[]>> {
  const opened = await openPipeline(request);
  if (!opened.ok) return opened;
  const { spec, graph, types } = opened.value;
  const named = nameStages(spec, names);
  if (!named.ok) return named;
  const asked = spec.stages.filter(({ id }) => named.value.length === 0 || named.value.includes(id));
  const training = asked.flatMap((stage) => {
    const formula = types.get(stage.type)?.loss?.(stage.options);
    return formula === undefined ? [] : [{ stage, formula }];
  });
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return failure(workspace.error);
  const { store, hasher } = workspace.value;
  try {
    const targets = selectTargets(
      graph,
      training.map(({ stage }) => stage.id),
    );
    const plan = await planPipeline({ ...opened.value, ...workspace.value, targets });
    const planned = new Map(plan.map((each) => [each.id, each]));
    const earlier = earlierResults(store, spec.name);
    const explained: ExplainedLoss[] = [];
    for (const { stage, formula } of training) {
      const shares = await sharesOf(stage, formula, planned.get(stage.id), earlier);
      explained.push({ stage: stage.id, type: stage.type, ...formula, ...(shares === undefined ? {} : { shares }) });
    }
    return success(explained);
  } finally {
    await hasher.close();
  }
}

/** Of its own result where there is one, else of its latest, where that had the same terms. */
async function sharesOf(
  stage: StageSpec,
  { terms }: LossFormula,
  planned: PlannedStage | undefined,
  earlier: EarlierResults,
): Promise<LossShares | undefined> {
  if (planned?.status === 'hit') return recordedShares(planned.record, terms, true);
  const head = await earlier.latest(stage);
  const record = head === undefined ? undefined : await earlier.of(head.key);
  return record === undefined ? undefined : recordedShares(record, terms, false);
}

function recordedShares(
  { metrics, madeBy }: StageRecord,
  terms: LossFormula['terms'],
  isOwn: boolean,
): LossShares | undefined {
  const found = metrics['gradientShares'];
  if (!isJsonObject(found)) return undefined;
  const byTerm = Object.entries(found).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const names = new Set(byTerm.map(([name]) => name));
  if (!terms.every(({ name }) => names.has(name))) return undefined;
  return { byTerm: Object.fromEntries(byTerm), run: madeBy.run, isOwn };
}
