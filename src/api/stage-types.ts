import { failure, success, type Result } from '../base/result.ts';
import type { StageType } from '../core/stage-type.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { builtInStageTypes } from '../stages/registry.ts';

/** A stage type as people and programs are told it. */
export type DescribedStageType = Pick<
  StageType,
  'name' | 'description' | 'version' | 'slots' | 'otherSlots' | 'output' | 'determinism' | 'uses' | 'schema' | 'code'
>;

export function describeStageTypes(): readonly DescribedStageType[] {
  return [...builtInStageTypes().values()].map(describe);
}

export function findStageType(name: string): Result<DescribedStageType, Problem> {
  const types = builtInStageTypes();
  const type = types.get(name);
  if (type !== undefined) return success(describe(type));
  const hint = didYouMean(name, [...types.keys()], 'stage types');
  return failure({
    code: 'unknown-stage-type',
    message: `there is no stage type "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The data of a type, without its functions. */
function describe(type: StageType): DescribedStageType {
  const { name, description, version, slots, otherSlots, output, determinism, uses, schema, code } = type;
  const described = { name, description, version, slots, output, determinism, uses, schema, code };
  return otherSlots === undefined ? described : { ...described, otherSlots };
}
