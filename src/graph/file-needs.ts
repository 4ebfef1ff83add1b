import { posix, relative, resolve } from 'node:path';
import { isGlob, parseGlob } from '../base/glob.ts';
import type { CommandPath } from '../core/command.ts';
import type { StageId } from '../core/ids.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { StageType, StageTypes } from '../core/stage-type.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { OutputIndex } from './outputs.ts';

/** A stage that makes what another one reads from the project folder. */
export interface FileNeed {
  readonly stage: StageId;
  /** Where the path that is read was written, relative to the stage that reads it. */
  readonly pointer: string;
}

/** By stage; those that read nothing of another's are left out. */
export type FileNeeds = ReadonlyMap<StageId, readonly FileNeed[]>;

/** Problems: stages that read what they make themselves. */
export function readFileNeeds(
  spec: PipelineSpec,
  types: StageTypes,
  outputs: OutputIndex,
): { needs: FileNeeds; problems: Problem[] } {
  const needs = new Map<StageId, readonly FileNeed[]>();
  const problems: Problem[] = [];
  // Most pipelines make no files here, and pay nothing for it.
  if (outputs.inside('').length === 0) return { needs, problems };
  for (const stage of spec.stages) {
    const type = types.get(stage.type);
    if (type === undefined || stage.faulty === true) continue;
    const found: FileNeed[] = [];
    for (const { path, pointer } of pathsRead(spec, stage, type)) {
      for (const maker of makersOf(outputs, path)) {
        if (maker !== stage.id) found.push({ stage: maker, pointer });
        else if (!isGlob(path) && outputs.makerOf(path) === maker) problems.push(readsItself(stage, { path, pointer }));
      }
    }
    if (found.length > 0) needs.set(stage.id, found);
  }
  return { needs, problems };
}

function pathsRead({ folder }: PipelineSpec, stage: StageSpec, type: StageType): readonly CommandPath[] {
  if (type.command !== undefined) return type.command(stage.options).inputs;
  const files = type.externalFiles?.(stage.options) ?? [];
  return files.map(({ path, pointer }) => ({ path: inProject(folder, path), pointer }));
}

/** As outputs are named; what lies elsewhere begins with `..`, and is nobody's output. */
export function inProject(folder: string, path: string): string {
  return relative(folder, resolve(folder, path)).split('\\').join(posix.sep);
}

/** Of the path itself or of something inside of it. */
function makersOf(outputs: OutputIndex, path: string): readonly StageId[] {
  if (!isGlob(path)) {
    const maker = outputs.makerOf(path);
    return maker === undefined ? outputs.inside(path).map(({ stage }) => stage) : [maker];
  }
  const glob = parseGlob(path);
  const around = outputs.makerOf(glob.base);
  const inside = outputs.inside(glob.base).filter((each) => glob.matches(each.path) || glob.mayMatchInside(each.path));
  return [...(around === undefined ? [] : [around]), ...inside.map(({ stage }) => stage)];
}

function readsItself(stage: StageSpec, { path, pointer }: CommandPath): Problem {
  const where = stage.locate(pointer);
  return {
    code: 'output-clash',
    message: `${stage.id} reads "${path}", which it makes itself`,
    where,
    hint: 'outputs are removed before the command runs: read one path, and write to another',
    ...originOf(where),
  };
}
