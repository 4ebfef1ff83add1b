import { readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { type Glob, isGlob, parseGlob } from '../../base/glob.ts';
import type { Digest } from '../../base/hash.ts';
import { type Result, failure, success } from '../../base/result.ts';
import type { Command, CommandPath } from '../../core/command.ts';
import type { StageId } from '../../core/ids.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { ExternalFile, StageType } from '../../core/stage-type.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { inProject } from '../../graph/file-needs.ts';
import type { PlanContext } from '../plan-context.ts';

/** A file of the project folder, or elsewhere, that went into a key. */
export interface HashedFile extends ExternalFile {
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
  /** The stage that makes it, if one does: then the digest is that of its result, whatever lies in the folder now. */
  readonly from?: StageId;
}

type Results = ReadonlyMap<StageId, StageRecord>;

/**
 * The files that a stage reads, by content: those that other stages make as these made them, the person's own as they are.
 * @param results of the stages that it needs
 * @returns a problem where one cannot be read, or is not there
 */
export async function inputFiles(
  context: PlanContext,
  {
    spec,
    type,
    command,
  }: { readonly spec: StageSpec; readonly type: StageType; readonly command: Command | undefined },
  results: Results,
): Promise<Result<readonly HashedFile[], Problem>> {
  const asked = command === undefined ? (type.externalFiles?.(spec.options) ?? []) : command.inputs.map(nameless);
  const found = new Map<string, HashedFile>();
  for (const file of asked) {
    try {
      const files = await filesAt(context, { spec, file, isCommand: command !== undefined }, results);
      if (files === undefined) {
        const nothing = command !== undefined && isGlob(file.path) ? noMatch(file.path) : nothingAt(context, file.path);
        return failure({ ...nothing, where: spec.locate(file.pointer) });
      }
      for (const each of files) if (!found.has(each.name)) found.set(each.name, each);
    } catch (error) {
      return failure({
        ...unreadable(file, resolve(context.spec.folder, file.path), error),
        where: spec.locate(file.pointer),
      });
    }
  }
  return success([...found.values()]);
}

/** Whether a folder or a glob among the inputs holds a file that it did not hold when the key was made; its path, if so. */
export async function newInputFile(
  context: PlanContext,
  command: Command,
  files: readonly HashedFile[],
): Promise<CommandPath | undefined> {
  const known = new Set(files.map(({ name }) => name));
  for (const { path, pointer } of command.inputs) {
    if (!isGlob(path) && known.has(path)) continue;
    const added = (await ownFiles(context, path))?.find((name) => !known.has(name));
    if (added !== undefined) return { path: added, pointer };
  }
  return undefined;
}

/** The files of a command are named by their paths. */
function nameless({ path, pointer }: CommandPath): ExternalFile {
  return { name: path, path, pointer };
}

interface AskedFile {
  readonly spec: StageSpec;
  readonly file: ExternalFile;
  readonly isCommand: boolean;
}

/** @returns undefined where nothing is there; a folder without files is there */
async function filesAt(
  context: PlanContext,
  { spec, file, isCommand }: AskedFile,
  results: Results,
): Promise<readonly HashedFile[] | undefined> {
  const { folder } = context.spec;
  const { pointer } = file;
  const path = isCommand ? file.path : inProject(folder, file.path);
  const nameInKey = (name: string): string => {
    if (isCommand) return name;
    return file.isFolder === true ? `${file.name}/${posix.relative(path, name)}` : file.name;
  };
  const made = madeFiles(context, { spec, path, results }).map(({ name, digest, from }): HashedFile => {
    return { name: nameInKey(name), path: join(folder, name), pointer, digest, from };
  });
  if (!isGlob(path) && context.graph.outputs.makerOf(path) !== undefined) return made.length > 0 ? made : undefined;
  if (!isCommand && file.isFolder !== true) {
    const absolute = resolve(folder, file.path);
    return [{ ...file, path: absolute, digest: await context.hasher.hash(absolute) }];
  }
  const names = isCommand ? await ownFiles(context, path) : await filesInFolder(context, path);
  if (names === undefined && made.length === 0) return undefined;
  const own: HashedFile[] = [];
  for (const name of names ?? []) {
    const absolute = join(folder, name);
    own.push({ name: nameInKey(name), path: absolute, pointer, digest: await context.hasher.hash(absolute) });
  }
  return [...own, ...made];
}

interface MadeFile {
  readonly name: string;
  readonly digest: Digest;
  readonly from: StageId;
}

/** What other stages make at a path, inside of it, or where a glob matches. */
function madeFiles(
  { graph, types }: PlanContext,
  { spec, path, results }: { readonly spec: StageSpec; readonly path: string; readonly results: Results },
): readonly MadeFile[] {
  const maker = isGlob(path) ? undefined : graph.outputs.makerOf(path);
  if (maker === undefined && !isGlob(path) && graph.outputs.inside(path).length === 0) return [];
  const makers = maker === undefined ? graph.dependencies(spec.id) : [maker];
  const matches = isGlob(path) ? parseGlob(path).matches : (name: string) => isAtOrInside(name, path);
  return makers.flatMap((from) => {
    const record = results.get(from);
    // Only commands make files in the project folder.
    if (record === undefined || types.get(record.preimage.type.name)?.command === undefined) return [];
    const files = record.artifact.files.filter((file) => matches(file.path));
    return files.map(({ path: name, digest }) => ({ name, digest, from }));
  });
}

function isAtOrInside(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/**
 * Files at a path, inside of it, or where a glob matches, which no stage makes and which are not the program's own; sorted.
 * Undefined where the path is not there, or the glob matches nothing.
 */
async function ownFiles(context: PlanContext, path: string): Promise<readonly string[] | undefined> {
  const { folder } = context.spec;
  const names: string[] = [];
  if (isGlob(path)) {
    const glob = parseGlob(path);
    await walk({ context, names, glob, open: new Set() }, glob.base).catch(ifThere);
    return names.length > 0 ? names.sort() : undefined;
  }
  const found = await stat(join(folder, path)).catch(ifThere);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return [path];
  await walk({ context, names, open: new Set() }, path);
  return names.sort();
}

/** As {@link ownFiles}, of a folder, whatever characters its name has. @throws Error of the system, where it is a file */
async function filesInFolder(context: PlanContext, path: string): Promise<readonly string[] | undefined> {
  const names: string[] = [];
  const isThere = (await stat(join(context.spec.folder, path)).catch(ifThere)) !== undefined;
  if (isThere) await walk({ context, names, open: new Set() }, path);
  return isThere ? names.sort() : undefined;
}

function ifThere(error: unknown): undefined {
  if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
}

interface Walk {
  readonly context: PlanContext;
  readonly names: string[];
  readonly glob?: Glob;
  /** Folders that it is in, by where they really are: a link may lead back. */
  readonly open: ReadonlySet<string>;
}

/** Links are followed: what a command reads through them counts. */
async function walk(walking: Walk, folder: string): Promise<void> {
  const { context, names, glob, open } = walking;
  const absolute = join(context.spec.folder, folder);
  const real = await realpath(absolute);
  if (open.has(real)) return;
  const inner = { ...walking, open: new Set([...open, real]) };
  context.hasher.listing(absolute);
  for (const entry of await readdir(absolute, { withFileTypes: true })) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isNobodysInput(context, name)) continue;
    const kind = entry.isSymbolicLink() ? await stat(join(absolute, entry.name)).catch(ifThere) : entry;
    // A link to nothing: should something come to be there, no folder that was listed tells.
    if (kind === undefined) context.hasher.cannotTell();
    if (kind?.isDirectory() === true) {
      if (glob === undefined || glob.mayMatchInside(name)) await walk(inner, name);
    } else if (kind?.isFile() === true && glob?.matches(name) !== false) names.push(name);
  }
}

/** What stages make is told by their results; a stage's own outputs are gone when it runs. */
function isNobodysInput({ graph, reserved = [], spec: { folder } }: PlanContext, name: string): boolean {
  if (name === '.git' || name.endsWith('/.git')) return true;
  if (graph.outputs.makerOf(name) !== undefined) return true;
  const absolute = join(folder, name);
  return reserved.some(({ path, isFolder }) => isFolder && path === absolute);
}

function noMatch(path: string): Problem {
  return { code: 'input-missing', message: `no file matches "${path}"` };
}

function nothingAt({ spec, graph }: PlanContext, path: string): Problem {
  const maker = graph.outputs.makerOf(path);
  if (maker !== undefined) return { code: 'input-missing', message: `${maker} made no "${path}"` };
  const hint = `it was looked for at ${resolve(spec.folder, path)}, and no stage has it among its outputs`;
  return { code: 'input-missing', message: `"${path}" is not there`, hint };
}

function unreadable(file: ExternalFile, path: string, error: unknown): Problem {
  if (file.isFolder === true && isErrno(error, 'ENOTDIR')) {
    const hint = 'name the folder that it is in';
    return { code: 'file-unreadable', message: `${file.path} is a file, where a folder is expected`, hint };
  }
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
