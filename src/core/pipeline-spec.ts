import type { JsonObject } from '../base/json.ts';
import type { Source, SourceRange } from '../diagnostics/source.ts';
import type { TemporalSettings } from './engine-settings.ts';
import type { StageId } from './ids.ts';
import type { MetricBound } from './metric-bound.ts';
import type { RemoteSettings } from './remote-settings.ts';
import type { StagePolicy } from './stage-policy.ts';

export type BackendName = 'wasm' | 'native';
/** `auto` is native where it loads, else wasm. */
export type BackendChoice = BackendName | 'auto';

/** A pipeline that was read, validated and filled in: nothing in it needs looking up any more. */
export interface PipelineSpec {
  readonly name: string;
  readonly description?: string;
  /** The file as typed, for messages. */
  readonly source: Source;
  /** Absolute. Paths in the pipeline are relative to it. */
  readonly folder: string;
  /** With `--set` and params files applied. */
  readonly params: JsonObject;
  readonly backend: BackendChoice;
  /** In the order of the file. */
  readonly stages: readonly StageSpec[];
  readonly gates: readonly GateSpec[];
}

/** A stage as it will be run, with its place in the file. */
export interface StageSpec {
  readonly id: StageId;
  /** Where it is one of several of the same stage. */
  readonly variant?: StageVariant;
  readonly type: string;
  readonly where: SourceRange;
  /** Slot -> the stage that fills it; slots that gather hold several, as `student@temperature=4`. */
  readonly needs: Readonly<Record<string, NeedSpec>>;
  /** `with`: parameters filled in, shorthands written out, defaults added. */
  readonly options: JsonObject;
  /** Its type, needs or options have problems: the graph knows the stage, but nothing looks into its options. */
  readonly faulty?: true;
  /** How it is run, where the pipeline says something of it. */
  readonly policy?: StagePolicy;
  /**
   * The place in the pipeline of a value of this stage; the nearest parent's where it was not written at all (a default).
   * Where it came through `${…}`, the range's `writtenAt` is the `params` line or the flag.
   * @param pointer JSON pointer relative to the stage, as the person wrote it: `/with/model/0/conv2d/filters`, `/needs/data`
   */
  locate(pointer: string, part?: 'key' | 'value'): SourceRange;
}

/** A stage's place among its group, which are all that the stage's matrix, or those of what it needs, made of it. */
export interface StageVariant {
  /** The stage as written: `train-student` of `train-student@temperature=4`. */
  readonly of: StageId;
  /** In the order of the id. */
  readonly axes: VariantAxes;
}

/** The stage in the file that it is, or is a variant of. */
export function writtenId({ id, variant }: Pick<StageSpec, 'id' | 'variant'>): StageId {
  return variant?.of ?? id;
}

/** By axis: its value, or for a text, a list or a mapping what ids call it. */
export type VariantAxes = Readonly<Record<string, string | number | boolean>>;

export interface NeedSpec {
  readonly stage: StageId;
  readonly where: SourceRange;
}

/** A bound on a metric: `evaluate.student.validation.accuracy: ">= 0.9"`. A run that misses one exits 1. */
export type GateSpec = MetricBound;

/** Defaults for every pipeline of a folder, from the project file. */
export interface ProjectSettings {
  /** Absolute folder of the project: of the project file, else the nearest above with package.json or .git, else the pipeline's own. */
  readonly folder: string;
  /** The project file, where there is one. */
  readonly file?: string;
  /** Absolute. */
  readonly store: string;
  /** Bytes that gc leaves at most of what nobody needs now. */
  readonly storeLimit: number;
  /** A second place behind the store; none if absent. */
  readonly remote?: RemoteSettings;
  readonly backend: BackendChoice;
  /** For runs on a cluster. */
  readonly temporal: TemporalSettings;
  /** Stages at once. */
  readonly jobs: number;
  /** What the stages of a run share, by name: counts, and sizes as bytes. None if absent. */
  readonly resources?: Readonly<Record<string, number>>;
  /** What brings stage types of its own, in the order of the file; none if absent. */
  readonly plugins?: readonly PluginName[];
}

export interface PluginName {
  /** As written: a path from the project file's folder (`./stages/mine.ts`), or a package. */
  readonly name: string;
  readonly where: SourceRange;
}
