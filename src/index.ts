/** The library: what `import … from 'distill-pipeline'` gives. */
export { runPipeline, type FinishedRun, type RunOptions } from './api/run.ts';
export { watchPipeline, type WatchOptions } from './api/watch/watch.ts';
export { planPipeline, type PlanOptions } from './api/plan.ts';
export { openPipeline as readPipeline, type OpenedPipeline, type PipelineRequest } from './api/open-pipeline.ts';
export { explainStages } from './api/why.ts';
export { explainLosses } from './api/explain-losses.ts';
export { collectGarbage, type GcOptions } from './api/gc.ts';
export { verifyProjectStore, type VerifyOptions } from './api/verify.ts';
export { measureLatencies, type LatencyOptions } from './api/latency/latency.ts';
export type { LatencyReport } from './api/latency/report.ts';
export { collectRemoteGarbage, type RemoteGcOptions } from './api/remote-gc.ts';
export { verifyProjectRemote, type RemoteVerifyOptions } from './api/remote-verify.ts';
export { pushResults, type PushOptions } from './api/push.ts';
export { pullPipeline, pullRun, type PullOptions } from './api/pull.ts';
export type { ListedRun } from './api/listed-run.ts';
export { openRuns, type Materialized, type Runs } from './api/runs.ts';
export { compareRuns, type CompareOptions } from './api/compare-runs.ts';
export { defineStageType, type StageDeclaration } from './core/stage-declaration.ts';
export {
  StageFailure,
  type InputArtifact,
  type StageContext,
  type StageOutcome,
  type StageRunner,
} from './core/stage-runner.ts';
export { renderProblem } from './diagnostics/frame.ts';
export type { Result } from './base/result.ts';
export type { JsonObject, JsonValue } from './base/json.ts';
export type { EventProblem, PipelineEvent, RunStatus } from './core/event.ts';
export type { ExplainedKey, ExplainedPlan, ExplainedStage, ExpectedCost, KeyChange } from './core/explained-plan.ts';
export type { ExplainedLoss, LossShares } from './core/explained-loss.ts';
export type { TransferReport, TransferredResult } from './core/transfer.ts';
export type { RemoteDamage, RemoteVerifyReport } from './core/remote-verify.ts';
export type { RemoteGcReport, RemovedResult } from './core/remote-gc.ts';
export type { GcReport } from './core/gc.ts';
export type { Damage, VerifyReport } from './core/verify.ts';
export type { RunId, StageId, StageKey } from './core/ids.ts';
export type { PipelineSpec, ProjectSettings, StageSpec } from './core/pipeline-spec.ts';
export type { EpochFigures } from './core/stage-runner.ts';
export type { Problem, ProblemCode } from './diagnostics/problem.ts';
export type { RunRecord, RunSummary, StageRun } from './records/run-record.ts';
export type { RunComparison } from './report/run-comparison/run-comparison.ts';
