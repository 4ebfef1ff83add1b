import { type Result, success } from '../base/result.ts';
import type { Command } from '../core/command.ts';
import type { StageId, StageKey } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { StageType } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import { stageKey } from '../fingerprint/key.ts';
import { stagePreimage } from '../fingerprint/preimage.ts';
import type { PlanContext } from './plan-context.ts';
import { variableDigests } from './project-files/environment.ts';
import { type HashedFile, inputFiles, newInputFile } from './project-files/input-files.ts';

/** A stage whose inputs are known: its key, and what went into it. */
export interface KeyedStage {
  readonly spec: StageSpec;
  readonly type: StageType;
  readonly key: StageKey;
  readonly preimage: Preimage;
  readonly seed: number;
  readonly inputs: StageInputs;
  readonly files: readonly HashedFile[];
  /** What it runs in the project folder, if it does. */
  readonly command?: Command;
}

/** By slot, the result of the stage that fills it. */
export type StageInputs = Readonly<Record<string, { readonly from: StageId; readonly record: StageRecord }>>;

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
  const command = type.command?.(spec.options);
  const files = await inputFiles(context, { spec, type, command }, results);
  if (!files.ok) return files;
  const inputs = inputsOf(spec, results);
  const seed = seedOf(spec);
  const preimage = stagePreimage({
    type,
    options: spec.options,
    inputs: Object.fromEntries(Object.entries(inputs).map(([slot, { record }]) => [slot, record.artifact.digest])),
    files: Object.fromEntries(files.value.map((file) => [file.name, file.digest])),
    seed,
    ...(command === undefined ? {} : { env: variableDigests(context, command) }),
    ...(command?.usesNode === true ? { node: NODE_MAJOR } : {}),
    environment: context.environment,
  });
  const keyed = { spec, type, key: stageKey(preimage), preimage, seed, inputs, files: files.value };
  return success(command === undefined ? keyed : { ...keyed, command });
}

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

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
export async function changedFile(context: PlanContext, keyed: KeyedStage): Promise<Problem | undefined> {
  const { spec, type, files, command } = keyed;
  const hint = command === undefined ? RUN_AGAIN : `${RUN_AGAIN}; ${OWN_INPUT}`;
  for (const file of files) {
    if (await isUnchanged(context, file)) continue;
    const path = command === undefined ? file.path : file.name;
    return changedProblem(`${path} changed`, { hint, where: spec.locate(file.pointer) });
  }
  const ofPlugin = type.plugin?.changedFile?.();
  if (ofPlugin !== undefined) return changedProblem(`${ofPlugin} changed`, { hint, where: spec.locate('/type') });
  const added = command === undefined ? undefined : await newInputFile(context, command, files);
  if (added === undefined) return undefined;
  return changedProblem(`${added.path} came among the inputs`, { hint, where: spec.locate(added.pointer) });
}

function changedProblem(what: string, { hint, where }: { hint: string; where: SourceRange }): Problem {
  return {
    code: 'input-changed',
    message: `${what} while the run was under way, so no result was kept`,
    hint,
    where,
  };
}

/** What another stage makes is put back where it was changed before, so that only its content counts. */
async function isUnchanged({ hasher }: PlanContext, { path, digest, from }: HashedFile): Promise<boolean> {
  if (from === undefined) return hasher.unchanged(path);
  return (await hasher.look(path).catch(() => undefined)) === digest;
}

const RUN_AGAIN = 'run again, once the file is as it should be';
const OWN_INPUT = 'if the command writes it itself, it is an output, or should lie elsewhere than the inputs';

/** To the person who writes it, the seed is an option like any other. */
function seedOf(spec: StageSpec): number {
  const seed = spec.options['seed'];
  return typeof seed === 'number' ? seed : 0;
}
