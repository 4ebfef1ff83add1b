import type { StageId } from '../core/ids.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** Which stage makes which path of the project folder. Looking up takes as many steps as a path has parts. */
export interface OutputIndex {
  /** The stage one of whose outputs is this path, or a folder that it lies in. */
  makerOf(path: string): StageId | undefined;
  /** The outputs that lie inside a folder; the empty path is the project folder. */
  inside(folder: string): readonly Output[];
}

export interface Output {
  readonly path: string;
  readonly stage: StageId;
}

interface WrittenOutput extends Output {
  readonly spec: StageSpec;
  readonly pointer: string;
}

/** Problems: two stages that make the same path, or one inside of the other's. */
export function indexOutputs(spec: PipelineSpec, types: StageTypes): { outputs: OutputIndex; problems: Problem[] } {
  const byPath = new Map<string, WrittenOutput>();
  const byFolder = new Map<string, Output[]>();
  const problems: Problem[] = [];
  for (const output of writtenOutputs(spec, types)) {
    const same = byPath.get(output.path);
    if (same !== undefined) {
      if (same.stage !== output.stage) problems.push(clash(same, output));
      continue;
    }
    byPath.set(output.path, output);
    for (const folder of foldersOf(output.path)) {
      const known = byFolder.get(folder);
      if (known === undefined) byFolder.set(folder, [output]);
      else known.push(output);
    }
  }
  for (const outer of byPath.values())
    for (const inner of byFolder.get(outer.path) ?? []) {
      const written = byPath.get(inner.path);
      if (written !== undefined && written.stage !== outer.stage) problems.push(clash(outer, written));
    }
  const outputs: OutputIndex = {
    makerOf(path) {
      const made = byPath.get(path) ?? firstOf(foldersOf(path), byPath);
      return made?.stage;
    },
    inside: (folder) => byFolder.get(folder) ?? [],
  };
  return { outputs, problems };
}

/** Of a pipeline whose stages make no files of the project folder. */
export const NO_OUTPUTS: OutputIndex = { makerOf: () => undefined, inside: () => [] };

function* writtenOutputs(spec: PipelineSpec, types: StageTypes): Generator<WrittenOutput> {
  for (const stage of spec.stages) {
    const type = types.get(stage.type);
    if (type?.command === undefined || stage.faulty === true) continue;
    for (const { path, pointer } of type.command(stage.options).outputs)
      // What leads elsewhere is told of by the type, and clashes with nothing.
      if (!/^$|^\/|^\.\.(\/|$)/.test(path)) yield { path, stage: stage.id, spec: stage, pointer };
  }
}

/** `a/b/c` lies in `a/b`, `a` and the project folder. */
function* foldersOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
  yield '';
}

function firstOf<T>(paths: Iterable<string>, found: ReadonlyMap<string, T>): T | undefined {
  for (const path of paths) {
    const each = found.get(path);
    if (each !== undefined) return each;
  }
  return undefined;
}

/** Told at the one that the file has later. */
function clash(one: WrittenOutput, other: WrittenOutput): Problem {
  const [first, second] = one.spec.where.start <= other.spec.where.start ? [one, other] : [other, one];
  const where = second.spec.locate(second.pointer);
  const message =
    one.path === other.path
      ? `${first.stage} and ${second.stage} both make "${one.path}"`
      : `${one.stage} makes "${one.path}", and ${other.stage} makes "${other.path}" inside of it`;
  const related = { message: `what ${first.stage} makes`, where: first.spec.locate(first.pointer) };
  return {
    code: 'output-clash',
    message,
    where,
    hint: 'each file has one stage that makes it: let them write to paths of their own',
    related: [related, ...(originOf(where).related ?? [])],
  };
}
