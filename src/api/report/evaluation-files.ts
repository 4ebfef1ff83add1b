import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { Store } from '../../core/store.ts';
import type { StageRun } from '../../records/run-record.ts';
import type { Answers } from '../../report/page-data/answers.ts';
import { artifactFiles, type ArtifactFiles } from './artifact-files.ts';

/** An evaluation as the store has it, with the images that it looked at. */
export interface EvaluationFiles {
  readonly stage: StageRun;
  /** evaluation.json */
  readonly json: JsonObject;
  /** What its models answered to the images of a split; undefined where that is not kept, or not there any more. */
  answers(split: string): Promise<Answers | undefined>;
  images(split: string): Promise<SplitImages | undefined>;
}

export interface SplitImages {
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of one image, row-major. */
  pixels(index: number): Promise<Uint8Array | undefined>;
}

export interface EvaluationRequest {
  readonly store: Store;
  readonly stage: StageRun;
  /** Its result under its key. */
  readonly result: StageRecord | undefined;
  /** All of the run. */
  readonly stages: readonly StageRun[];
}

/** @returns undefined where the store has not got it any more */
export async function evaluationFiles(request: EvaluationRequest): Promise<EvaluationFiles | undefined> {
  const { store, stage } = request;
  if (stage.artifact === undefined) return undefined;
  const files = artifactFiles(store, stage.artifact);
  const json = await files.json('evaluation.json');
  if (json === undefined) return undefined;
  const dataset = datasetOf(request);
  const splits = dataset === undefined ? {} : splitsOf(await dataset.json('dataset.json'));
  const described = (split: string): SplitDescription | undefined => {
    const own = Object.hasOwn(splits, split) ? splits[split] : undefined;
    return own?.imagesSha256 === textAt(json, 'images', split, 'sha256') ? own : undefined;
  };
  return {
    stage,
    json,
    async answers(split) {
      const { labels: labelsFile } = described(split) ?? {};
      const labels = labelsFile === undefined ? undefined : await dataset?.read(labelsFile);
      const { classes } = json;
      if (labels === undefined || typeof classes !== 'number') return undefined;
      const logits = new Map<string, Float32Array>();
      for (const model of Object.keys(objectAt(json, 'models'))) {
        const path = textAt(json, 'models', model, 'splits', split, 'logits');
        const bytes = path === undefined ? undefined : await files.read(path);
        if (bytes?.length === 4 * classes * labels.length) logits.set(model, floats(bytes));
      }
      return logits.size === 0 ? undefined : { classes, labels, logits };
    },
    images: async (split) => {
      const own = described(split);
      if (own === undefined || dataset === undefined) return undefined;
      const { shape, count, images } = own;
      const size = shape.reduce((product, length) => product * length, 1);
      return { shape, count, pixels: (index) => dataset.part(images, index * size, size) };
    },
  };
}

/** The data set that it was given, by content: among what the run's stages made. */
function datasetOf({ store, result, stages }: EvaluationRequest): ArtifactFiles | undefined {
  const digest = result?.preimage.inputs['data'];
  const artifact = stages.find((stage) => stage.artifact?.digest === digest)?.artifact;
  return artifact === undefined ? undefined : artifactFiles(store, artifact);
}

interface SplitDescription {
  readonly shape: readonly number[];
  readonly count: number;
  readonly images: string;
  readonly labels: string;
  readonly imagesSha256: string;
}

function splitsOf(json: JsonObject | undefined): Readonly<Record<string, SplitDescription>> {
  const { shape, splits } = json ?? {};
  if (!Array.isArray(shape) || !isJsonObject(splits)) return {};
  // As src/stages/artifacts/dataset.ts writes it.
  const entries = Object.entries(splits).map(([name, split]) => [name, { ...(split as object), shape }]);
  return Object.fromEntries(entries) as Readonly<Record<string, SplitDescription>>;
}

function objectAt(json: JsonObject, ...path: readonly string[]): JsonObject {
  let at: unknown = json;
  for (const step of path) at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return isJsonObject(at) ? at : {};
}

function textAt(json: JsonObject, ...path: readonly string[]): string | undefined {
  const last = path.at(-1) ?? '';
  const value = objectAt(json, ...path.slice(0, -1))[last];
  return typeof value === 'string' ? value : undefined;
}

/** Little-endian, as artifacts keep them. */
function floats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(4 * index, true));
}
