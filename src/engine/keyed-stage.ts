import { resolve } from 'node:path';
import { isErrno } from '../base/errno.ts';
import type { Digest } from '../base/hash.ts';
import { type Result, failure, success } from '../base/result.ts';
import type { StageId, StageKey } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { ExternalFile, StageType } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import { stageKey } from '../fingerprint/key.ts';
import { stagePreimage } from '../fingerprint/preimage.ts';
import type { PlanContext } from './plan-context.ts';

/** A stage whose inputs are known: its key, and what went into it. */
export interface KeyedStage {
  readonly spec: StageSpec;
  readonly type: StageType;
  readonly key: StageKey;
  readonly preimage: Preimage;
  readonly seed: number;
  readonly inputs: StageInputs;
  readonly files: readonly HashedFile[];
}

/** By slot, the result of the stage that fills it. */
export type StageInputs = Readonly<Record<string, { readonly from: StageId; readonly record: StageRecord }>>;

export interface HashedFile extends ExternalFile {
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
}

/**
 * @param results of the stages that it needs
 * @returns a problem where a file of the person's cannot be read
 */
export async function keyStage(
  context: PlanContext,
  spec: StageSpec,
  results: ReadonlyMap<StageId, StageRecord>,
): Promise<Result<KeyedStage, Problem>> {
  const type = context.types.get(spec.type);
  if (type === undefined) throw new Error(`the stage ${spec.id} is of the unknown type ${spec.type}`);
  const files = await hashFiles(context, spec, type.externalFiles?.(spec.options) ?? []);
  if (!files.ok) return files;
  const inputs = inputsOf(spec, results);
  const seed = seedOf(spec);
  const preimage = stagePreimage({
    type,
    options: spec.options,
    inputs: Object.fromEntries(Object.entries(inputs).map(([slot, { record }]) => [slot, record.artifact.digest])),
    files: Object.fromEntries(files.value.map((file) => [file.name, file.digest])),
    seed,
    environment: context.environment,
  });
  return success({ spec, type, key: stageKey(preimage), preimage, seed, inputs, files: files.value });
}

function inputsOf(spec: StageSpec, results: ReadonlyMap<StageId, StageRecord>): StageInputs {
  const inputs: Record<string, StageInputs[string]> = {};
  for (const [slot, { stage: from }] of Object.entries(spec.needs)) {
    const record = results.get(from);
    if (record === undefined) throw new Error(`${spec.id} was asked for before ${from} had a result`);
    inputs[slot] = { from, record };
  }
  return inputs;
}

/** A file that went into the key and has changed since, as a problem. One run sees one state of each file, or fails. */
export async function changedFile(
  { hasher }: PlanContext,
  { spec, type, files }: KeyedStage,
): Promise<Problem | undefined> {
  for (const file of files) {
    if (!(await hasher.unchanged(file.path))) return changedProblem(file.path, spec.locate(file.pointer));
  }
  const ofPlugin = type.plugin?.changedFile?.();
  return ofPlugin === undefined ? undefined : changedProblem(ofPlugin, spec.locate('/type'));
}

function changedProblem(path: string, where: SourceRange): Problem {
  return {
    code: 'input-changed',
    message: `${path} changed while the run was under way, so no result was kept`,
    hint: 'run again, once the file is as it should be',
    where,
  };
}

/** To the person who writes it, the seed is an option like any other. */
function seedOf(spec: StageSpec): number {
  const seed = spec.options['seed'];
  return typeof seed === 'number' ? seed : 0;
}

async function hashFiles(
  context: PlanContext,
  spec: StageSpec,
  files: readonly ExternalFile[],
): Promise<Result<readonly HashedFile[], Problem>> {
  const hashed: HashedFile[] = [];
  for (const file of files) {
    const path = resolve(context.spec.folder, file.path);
    try {
      hashed.push({ ...file, path, digest: await context.hasher.hash(path) });
    } catch (error) {
      return failure({ ...unreadable(file, path, error), where: spec.locate(file.pointer) });
    }
  }
  return success(hashed);
}

function unreadable(file: ExternalFile, path: string, error: unknown): Problem {
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
    const hint = path === file.path ? {} : { hint: `it was looked for at ${path}` };
    return { code: 'input-missing', message: `the file ${file.path} is not there`, ...hint };
  }
  if (isErrno(error, 'EISDIR')) {
    return { code: 'file-unreadable', message: `${file.path} is a folder, where a file is expected` };
  }
  if (!isErrno(error)) throw error;
  return { code: 'file-unreadable', message: `the file ${file.path} cannot be read: ${error.message}` };
}
