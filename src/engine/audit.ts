import { sha256 } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import type { AuditDistance, AuditFinding } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { placeIn } from './compute-stage.ts';
import { type KeyedStage, changedFile } from './keyed-stage.ts';
import { numbersIn } from './metric.ts';
import { inStagingFolder, produceStage } from './produce-stage.ts';
import { restoreOutputs, withProjectFiles } from './project-files/restore.ts';
import type { ActiveRun } from './run-context.ts';
import { resultsOfNeeds } from './run-stage.ts';
import { eventProblem, thrownProblem } from './stage-problem.ts';
import type { StageResult } from './stage-result.ts';

/**
 * Makes some of the results that a run took from the store again, beside the store's, and compares: a result whose key does not
 * hold all that it came from is found in no other way. The store's results stay as they are.
 * @param share of the reused stages, from 0 to 1; one at least
 * @returns whether all that was made again is what the store has, as far as its stage type promises
 */
export async function auditHits(run: ActiveRun, share: number): Promise<boolean> {
  const hits = [...run.results].flatMap(([id, result]) => (result.status === 'reused' ? [id] : []));
  const chosen = drawn(run.context.run, hits, share);
  run.emit({ type: 'audit-started', stages: chosen, of: hits.length });
  const held = await Promise.all(chosen.filter((id) => !runsCommand(run, id)).map((id) => audit(run, id)));
  // What a command makes anew lies in the project folder for a while, where others read it.
  for (const id of chosen.filter((each) => runsCommand(run, each))) held.push(await audit(run, id));
  return held.every(Boolean);
}

function runsCommand({ context, stages }: ActiveRun, id: StageId): boolean {
  return context.types.get(stages.get(id)?.type ?? '')?.command !== undefined;
}

/** By chance, but by the run's id: the same ones for who looks at it again. In the order of the stages. */
function drawn(run: string, hits: readonly StageId[], share: number): readonly StageId[] {
  const lots = new Map(hits.map((id) => [id, sha256(`${run}\n${id}`)]));
  const inOrder = [...hits].sort((a, b) => ((lots.get(a) ?? '') < (lots.get(b) ?? '') ? -1 : 1));
  const chosen = new Set(inOrder.slice(0, Math.ceil(share * hits.length)));
  return hits.filter((id) => chosen.has(id));
}

async function audit(run: ActiveRun, id: StageId): Promise<boolean> {
  const spec = run.stages.get(id);
  const result = run.results.get(id);
  if (spec === undefined || result?.status !== 'reused') return true;
  const place = placeIn(run, spec);
  await place.take();
  try {
    return run.signal.aborted || (await auditInPlace(run, spec, result));
  } finally {
    place.give();
  }
}

async function auditInPlace(
  run: ActiveRun,
  spec: StageSpec,
  result: Extract<StageResult, { status: 'reused' }>,
): Promise<boolean> {
  const again = await makeAgain(run, spec, result.record);
  if ('problem' in again && again.problem.code === 'stage-cancelled') return true;
  const finding: AuditFinding =
    'problem' in again
      ? { verdict: 'failed', problem: eventProblem(again.problem) }
      : compare(again.keyed, { recorded: result.record, made: again.record });
  run.emit({ type: 'stage-audited', stage: spec.id, key: result.key, seconds: again.seconds, ...finding });
  return finding.verdict === 'same' || finding.verdict === 'other';
}

type MadeAgain =
  | { readonly keyed: KeyedStage; readonly record: StageRecord; readonly seconds: number }
  | { readonly problem: Problem; readonly seconds: number };

/** With checkpoints of its own, or it would go on from where the recorded one ended. Never rejects. */
async function makeAgain(run: ActiveRun, spec: StageSpec, recorded: StageRecord): Promise<MadeAgain> {
  try {
    const found = await run.lookUp(spec, resultsOfNeeds(run, spec));
    if (!found.ok) return { problem: found.error, seconds: 0 };
    const { keyed } = found.value;
    if (keyed.key !== recorded.key) throw new Error(`the key of ${spec.id} is another one than it was in this run`);
    return await withProjectFiles(run, keyed, async (): Promise<MadeAgain> => {
      const changed = await changedFile(run.context, keyed);
      if (changed !== undefined) return { problem: changed, seconds: 0 };
      const produced = await inStagingFolder(run, (checkpointFolder) =>
        produceStage(run, keyed, { checkpointFolder, progress: () => undefined }),
      );
      await restoreOutputs(run, keyed, recorded);
      return produced.status === 'made' ? { ...produced, keyed } : produced;
    });
  } catch (error) {
    return { problem: thrownProblem(run.emit, spec, error), seconds: 0 };
  }
}

interface Compared {
  readonly recorded: StageRecord;
  readonly made: StageRecord;
}

function compare({ spec, type, key }: KeyedStage, { recorded, made }: Compared): AuditFinding {
  if (recorded.artifact.digest === made.artifact.digest) return { verdict: 'same' };
  const files = differingFiles(recorded, made);
  const digests = { recorded: recorded.artifact.digest, made: made.artifact.digest, files };
  if (type.determinism !== 'bitwise') {
    return { verdict: 'other', ...digests, distances: distances(recorded.metrics, made.metrics) };
  }
  const [was, is] = [recorded, made].map(({ artifact }) => artifact.digest.slice(0, SHOWN));
  const problem: Problem = {
    code: 'audit-differs',
    message: `under the key ${key.slice(0, SHOWN)} the store has the artifact ${was ?? ''}, and now the stage made ${is ?? ''}: ${files.join(', ')} differ`,
    hint: `either the stage reads something that is not in its key, or it is not repeatable; the store keeps what it has, and --force ${spec.id} replaces it`,
    where: spec.where,
  };
  return { verdict: 'differs', ...digests, problem: eventProblem(problem) };
}

/** Of a digest; the event has all of it. */
const SHOWN = 12;

function differingFiles(recorded: StageRecord, made: StageRecord): readonly string[] {
  const [was, is] = [recorded, made].map(
    ({ artifact }) => new Map(artifact.files.map((file) => [file.path, file.digest])),
  );
  const paths = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...paths].filter((path) => was?.get(path) !== is?.get(path)).sort();
}

/** Of every number that both have and that differs, the farthest apart first; how fast it was says nothing of the result. */
function distances(recorded: JsonValue, made: JsonValue): readonly AuditDistance[] {
  const now = new Map(numbersIn(made));
  return numbersIn(recorded)
    .flatMap(([metric, was]) => {
      const is = now.get(metric);
      return is === undefined || is === was || metric.endsWith('PerSecond')
        ? []
        : [{ metric, recorded: was, made: is }];
    })
    .sort((a, b) => relative(b) - relative(a));
}

function relative({ recorded, made }: AuditDistance): number {
  return Math.abs(made - recorded) / Math.max(Math.abs(made), Math.abs(recorded));
}
