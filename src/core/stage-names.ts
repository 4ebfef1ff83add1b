import { groupBy } from '../base/group-by.ts';
import type { StageId } from './ids.ts';
import { writtenId } from './pipeline-spec.ts';
import type { StageVariant } from './pipeline-spec.ts';

/** What stages are called by: in a pipeline, in a record. */
export interface NamedStage {
  readonly id: StageId;
  readonly variant?: StageVariant;
}

export interface StageNames<T extends NamedStage> {
  /**
   * The stages that a name stands for: `train-student` for all its variants, `train-student@temperature=4,width=128` for one, and
   * with some of its axes only, in any order, for those that have these values. None for a name that nothing has.
   */
  find(name: string): readonly T[];
  /** Names that are near to what was meant: of stages as written, or of the variants of one. */
  near(name: string): readonly string[];
}

export function stageNames<T extends NamedStage>(stages: readonly T[]): StageNames<T> {
  const byId = new Map<string, T>(stages.map((stage) => [stage.id, stage]));
  const groups: ReadonlyMap<string, readonly T[]> = groupBy(stages, writtenId);
  const groupOf = (name: string): readonly T[] => groups.get(name.slice(0, at(name))) ?? [];
  return {
    find(name) {
      const one = byId.get(name);
      if (one !== undefined) return [one];
      return at(name) === name.length ? groupOf(name) : withAxes(groupOf(name), name.slice(at(name) + 1));
    },
    near(name) {
      const variants = at(name) === name.length ? [] : groupOf(name);
      return variants.length > 0 ? variants.map(({ id }) => id) : [...groups.keys()];
    },
  };
}

/** Where the stage's own name ends. */
function at(name: string): number {
  const end = name.indexOf('@');
  return end === -1 ? name.length : end;
}

function withAxes<T extends NamedStage>(stages: readonly T[], axes: string): readonly T[] {
  const wanted = axes.split(',').map((axis) => axis.split('='));
  return stages.filter(({ variant }) => {
    const own = variant?.axes ?? {};
    return wanted.every(([axis = '', label]) => Object.hasOwn(own, axis) && String(own[axis]) === label);
  });
}
