/** Runs one stage for real: real folders, real checkpoints, the WASM backend where the type leaves it open; no engine, and no other process. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import type { ArtifactFacts } from '../../src/core/artifact.ts';
import { StageFailure } from '../../src/core/stage-runner.ts';
import type { InputArtifact, StageContext, StageOutcome, StageProgress } from '../../src/core/stage-runner.ts';
import type { StageCheck, StageType } from '../../src/core/stage-type.ts';
import { fillDefaults } from '../../src/config/schema/defaults.ts';
import { findingsOf, stageValidators } from '../../src/config/schema/validators.ts';
import { builtInStageTypes } from '../../src/stages/registry.ts';
import { loadRunner } from '../../src/stages/runners.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { folderCheckpoints } from '../../src/store/checkpoints.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';

export function stageType(name: string): StageType {
  const type = builtInStageTypes().get(name);
  if (type === undefined) throw new Error(`no stage type ${name}`);
  return type;
}

/** Options as a stage gets them: checked against the schema, shorthands written out, defaults added. */
export async function complete(name: string, written: JsonObject): Promise<JsonObject> {
  const type = stageType(name);
  const validator = (await stageValidators(builtInStageTypes(), [name])).get(name);
  if (validator === undefined) throw new Error(`no validator for ${name}`);
  const findings = await findingsOf(validator, written, `the options of ${name}`);
  if (findings.length > 0) throw new Error(findings.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
  return fillDefaults(validator.schema, type.normalize?.(written) ?? written) as JsonObject;
}

/** What `check` says of options as they are written. */
export async function checked(
  name: string,
  written: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>> = {},
): Promise<StageCheck> {
  return stageType(name).check?.(await complete(name, written), inputs) ?? { problems: [] };
}

export interface StageRequest {
  readonly type: string;
  /** As written in YAML. */
  readonly with?: JsonObject;
  readonly inputs?: Readonly<Record<string, InputArtifact>>;
  readonly seed?: number;
  /** Of the project: paths in options are relative to it. */
  readonly folder?: string;
  readonly checkpointFolder?: string;
  readonly downloadFolder?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StageProgress) => void;
}

export interface StageResult extends StageOutcome {
  readonly artifact: InputArtifact;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly events: readonly StageProgress[];
}

export async function runStage(request: StageRequest): Promise<StageResult> {
  const folder = request.folder ?? temporaryFolder();
  const output = temporaryFolder();
  const files = new Map<string, Uint8Array>();
  const events: StageProgress[] = [];
  const { uses } = stageType(request.type);
  const backend = uses.backend ?? 'wasm';
  const context: StageContext = {
    options: await complete(request.type, request.with ?? {}),
    seed: request.seed ?? 0,
    backend,
    inputs: request.inputs ?? {},
    checkpoints: folderCheckpoints(request.checkpointFolder ?? join(temporaryFolder(), 'checkpoints')),
    signal: request.signal ?? new AbortController().signal,
    downloadFolder: request.downloadFolder ?? temporaryFolder(),
    resolvePath: (path) => (isAbsolute(path) ? path : join(folder, path)),
    write: async (path, bytes) => {
      await mkdir(dirname(join(output, path)), { recursive: true });
      await writeFile(join(output, path), bytes);
      files.set(path, await readFile(join(output, path)));
    },
    emit: (event) => {
      events.push(event);
      request.onEvent?.(event);
    },
  };
  // As the child process does before each stage that computes with tensors.
  if (uses.tensors) await loadBackend(backend);
  const run = await loadRunner(request.type);
  const outcome = await run(context);
  const read = (path: string): Promise<Uint8Array> => readFile(join(output, path));
  const artifact = {
    kind: stageType(request.type).output,
    facts: outcome.facts ?? {},
    paths: [...files.keys()].sort(),
    read,
    open: read,
  };
  return { ...outcome, artifact, files, events };
}

/** The failure that a stage ends with. */
export async function failureOf(request: StageRequest): Promise<StageFailure> {
  try {
    await runStage(request);
  } catch (error) {
    if (error instanceof StageFailure) return error;
    throw error;
  }
  throw new Error('the stage did not fail');
}

/** The same files with the same bytes. */
export function sameFiles(first: StageResult, second: StageResult): boolean {
  const [one, other] = [first, second].map(({ files }) =>
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]),
  );
  return JSON.stringify(one) === JSON.stringify(other);
}

export function describeOf(result: StageResult, path: string): JsonObject {
  return JSON.parse(Buffer.from(result.files.get(path) ?? []).toString('utf8')) as JsonObject;
}
