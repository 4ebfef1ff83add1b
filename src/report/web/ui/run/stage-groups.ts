/** The stages of a run as they are written: variants of one are a group, so that a sweep of a thousand is a drawing of six boxes. Pure. */
import { groupBy } from '../../../../base/group-by.ts';
import { type StageVariant, writtenId } from '../../../../core/pipeline-spec.ts';
import type { StageId } from '../../../../core/ids.ts';

interface WrittenStage {
  readonly id: StageId;
  readonly type: string;
  readonly needs: readonly StageId[];
  readonly variant?: StageVariant;
}

export interface StageGroup<Stage extends WrittenStage> {
  /** Of the stage in the file. */
  readonly id: StageId;
  readonly type: string;
  /** Other groups. */
  readonly needs: readonly StageId[];
  /** One or more. */
  readonly stages: readonly Stage[];
  /** Whether the file makes several of it, even where that came to one. */
  readonly varies: boolean;
}

/** @param stages in topological order, as the groups are */
export function groupStages<Stage extends WrittenStage>(stages: readonly Stage[]): readonly StageGroup<Stage>[] {
  const written = new Map(stages.map((stage) => [stage.id, writtenId(stage)]));
  const groups = [...groupBy(stages, writtenId)].map(([id, members]) => ({
    ...{ id, type: members[0]?.type ?? '', stages: members },
    needs: [...new Set(members.flatMap(({ needs }) => needs.map((need) => written.get(need) ?? need)))].filter(
      (need) => need !== id,
    ),
    varies: members.some(({ variant }) => variant !== undefined),
  }));
  return ordered(groups);
}

/** The first variants of two stages may stand in another order than the stages: what is needed comes first. */
function ordered<Group extends { readonly id: StageId; readonly needs: readonly StageId[] }>(
  groups: readonly Group[],
): readonly Group[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const done = new Set<StageId>();
  const result: Group[] = [];
  const visit = (group: Group): void => {
    if (done.has(group.id)) return;
    done.add(group.id);
    for (const need of group.needs) {
      const before = byId.get(need);
      if (before !== undefined) visit(before);
    }
    result.push(group);
  };
  for (const group of groups) visit(group);
  return result;
}
