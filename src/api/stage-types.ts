import { failure, success, type Result } from '../base/result.ts';
import type { StageType, StageTypes } from '../core/stage-type.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { openProject } from './open-project.ts';
import { projectStageTypes } from './project-types.ts';

/** A stage type as people and programs are told it. */
export type DescribedStageType = Pick<
  StageType,
  'name' | 'description' | 'version' | 'slots' | 'otherSlots' | 'output' | 'determinism' | 'uses' | 'schema' | 'code'
> & {
  /** As the project file names it, for a type of a plugin. */
  readonly plugin?: string;
};

/**
 * Of the program, then of the project's plugins.
 * @param cwd a folder of the project
 */
export async function describeStageTypes(
  cwd: string,
): Promise<Result<readonly DescribedStageType[], readonly Problem[]>> {
  const types = await stageTypesIn(cwd);
  return types.ok ? success([...types.value.values()].map(describe)) : types;
}

export async function findStageType(
  name: string,
  cwd: string,
): Promise<Result<DescribedStageType, readonly Problem[]>> {
  const types = await stageTypesIn(cwd);
  if (!types.ok) return types;
  const type = types.value.get(name);
  if (type !== undefined) return success(describe(type));
  const hint = didYouMean(name, [...types.value.keys()], 'stage types');
  return failure([
    {
      code: 'unknown-stage-type',
      message: `there is no stage type "${name}"`,
      ...(hint === undefined ? {} : { hint }),
    },
  ]);
}

/** @param cwd a folder of the project */
export async function stageTypesIn(cwd: string): Promise<Result<StageTypes, readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const loaded = await projectStageTypes(project.value, cwd);
  return loaded.problems.length > 0 ? failure(loaded.problems) : success(loaded.types);
}

/** The data of a type, without its functions. */
function describe(type: StageType): DescribedStageType {
  const { name, description, version, slots, otherSlots, output, determinism, uses, schema, code, plugin } = type;
  return {
    ...{ name, description, version, slots, output, determinism, uses, schema, code },
    ...(otherSlots === undefined ? {} : { otherSlots }),
    ...(plugin === undefined ? {} : { plugin: plugin.name }),
  };
}
