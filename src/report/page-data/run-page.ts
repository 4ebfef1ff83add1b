import type { GateResult, RecordedStatus, RunRecord, RunWarning } from '../../records/run-record.ts';
import type { KeptLatency } from '../../records/latencies.ts';
import { runFrontier, type Frontier } from '../frontier.ts';
import type { Sample } from '../variants/folded.ts';
import { learningCurves, type LearningCurve, type ResultOf } from './curves.ts';
import type { PageEvaluation } from './evaluation.ts';
import { stageGraph, type GraphNode } from './graph.ts';
import { modelRows, type ModelRow } from './models.ts';
import { provenanceOf, type Provenance } from './provenance.ts';
import type { ShownImages } from './shown-images.ts';

/** All that a page shows of a run. Plain JSON: the report carries it, the server gives it. */
export interface RunPage {
  readonly id: string;
  readonly pipeline: string;
  readonly status: RecordedStatus;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly seconds?: number;
  readonly graph: readonly GraphNode[];
  readonly curves: readonly LearningCurve[];
  /** With bins and confusions: of each evaluation, up to some dozens. */
  readonly evaluations: readonly PageEvaluation[];
  /** Every evaluated model, a row each. */
  readonly models: readonly ModelRow[];
  /** What models cost, in bytes and, where `pipeline latency` measured it, in time. */
  readonly frontier?: Frontier;
  readonly latencies: readonly KeptLatency[];
  /** Of one evaluation, with what its models say to them. */
  readonly images?: ShownImages;
  readonly gates: readonly GateResult[];
  readonly warnings: readonly RunWarning[];
  readonly provenance: Provenance;
}

export interface RunPageSources {
  readonly resultOf: ResultOf;
  readonly evaluations: readonly PageEvaluation[];
  readonly images?: ShownImages;
  readonly latencies?: readonly KeptLatency[];
  /** Of the 95% interval of a mean. */
  readonly half: (sample: Sample) => number;
}

export function runPage(
  record: RunRecord,
  { resultOf, evaluations, images, latencies = [], half }: RunPageSources,
): RunPage {
  const stages = record.stages.map(({ id: stage, artifact, metrics = {} }) => ({
    id: stage,
    kind: artifact?.kind,
    metrics,
  }));
  const frontier = runFrontier(stages, latencies);
  const { id, definition, status, started, seconds, gates, warnings } = record;
  return {
    ...{ id, pipeline: definition.name, status, started, ...(seconds === undefined ? {} : { seconds }) },
    graph: stageGraph(record),
    curves: learningCurves(record, resultOf),
    evaluations,
    models: modelRows(record, half),
    ...(frontier === undefined ? {} : { frontier }),
    ...(images === undefined ? {} : { images }),
    ...{ latencies, gates, warnings },
    provenance: provenanceOf(record),
  };
}
