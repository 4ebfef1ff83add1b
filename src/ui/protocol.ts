/**
 * What the live page asks its server, and what it is answered: JSON over HTTP on the loopback address, by path.
 *
 *   GET  /api/project                                     ProjectAnswer
 *   GET  /api/runs?offset&limit&status&pipeline           RunsAnswer, newest first
 *   GET  /api/runs/changes                                events: `runs`, RunsChange
 *   GET  /api/runs/:run                                   RunRecord
 *   GET  /api/runs/:run/events                            events: as below
 *   GET  /api/runs/:run/page                              RunPage: curves, evaluations, models, images, provenance
 *   GET  /api/runs/:run/logs/:stage?from                  LogAnswer: `from` is a byte, below 0 counted from the end
 *   GET  /api/runs/:run/samples/:stage?split&label&wrong&differ&offset&limit     SamplesAnswer, of an evaluation; `differ` is two models, with a comma
 *   GET  /api/runs/:run/models/:stage                     ModelAnswer; the stage trained, imported or corrected a model
 *   GET  /api/runs/:run/models/:stage/weights             the bytes of its weights, as the answer before describes them
 *   POST /api/plan      PlanRequest                       ExplainedPlan
 *   POST /api/why       WhyRequest                        readonly ExplainedKey[]
 *   POST /api/runs      StartRequest                      StartAnswer
 *   POST /api/runs/:run/stop                              StopAnswer
 *
 * A POST carries the token of this server, which came in the address's fragment (`#token=…`), in the header TOKEN_HEADER. A refusal has a
 * status of 400 or more and is a Refusal.
 *
 * A stream of events of a run (text/event-stream): first all that was, then what comes, one `message` each with a PipelineEvent as
 * its data and, as its id, where to go on from (sent back as `Last-Event-ID`); `ended` where no more will come, with the status as its data.
 */
import type { RecordedStatus } from '../records/run-record.ts';
import type { ListedRun } from '../api/listed-run.ts';
import type { JsonObject } from '../base/json.ts';
import type { RunId, StageId } from '../core/ids.ts';
import type { ShownImage } from '../report/page-data/shown-images.ts';

export const TOKEN_HEADER = 'x-pipeline-token';

export interface Refusal {
  readonly message: string;
  readonly hint?: string;
  /** `pipelines/mnist-distill.yaml:21:7` */
  readonly where?: string;
  /** The others, where there are several. */
  readonly more?: readonly Omit<Refusal, 'more'>[];
}

export interface ProjectAnswer {
  readonly version: string;
  /** The folder's name. */
  readonly name: string;
  /** Files that can be planned and started, relative to the project: those of runs, and those under pipelines/. */
  readonly pipelines: readonly PipelineFile[];
}

export interface PipelineFile {
  readonly file: string;
  /** With their defaults; absent where the file has problems. */
  readonly params?: JsonObject;
  /** As written, in topological order. */
  readonly stages?: readonly StageId[];
}

export interface RunsAnswer {
  /** Of those that pass the filter. */
  readonly total: number;
  readonly runs: readonly ListedRun[];
}

/** Runs that are new, or not as they were; and ids of those that are gone. */
export interface RunsChange {
  readonly runs: readonly ListedRun[];
  readonly gone: readonly RunId[];
}

export interface LogAnswer {
  readonly text: string;
  /** The byte after it: ask from there for what comes later. */
  readonly next: number;
  /** Bytes there are. */
  readonly size: number;
}

export interface SamplesAnswer {
  /** Of those that pass the filter. */
  readonly total: number;
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  /** By name: models that answered. */
  readonly models: readonly string[];
  readonly splits: readonly string[];
  readonly samples: readonly ShownImage[];
}

/** As TensorFlow.js' `loadLayersModel` takes it, with the weights apart. */
export interface ModelAnswer {
  readonly modelTopology: JsonObject;
  readonly weightSpecs: readonly JsonObject[];
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  /** Multiplied onto bytes. */
  readonly scale: number;
}

interface PipelineQuestion {
  /** One of the project's pipelines. */
  readonly file: string;
  /** `temperature=8` */
  readonly set?: readonly string[];
}

export interface PlanRequest extends PipelineQuestion {
  readonly stages?: readonly string[];
}

export interface WhyRequest extends PipelineQuestion {
  readonly stage: string;
}

export interface StartRequest extends PipelineQuestion {
  readonly stages?: readonly string[];
}

export interface StartAnswer {
  readonly run: RunId;
}

export interface StopAnswer {
  /** As it was when it was asked to stop. */
  readonly status: RecordedStatus;
}
