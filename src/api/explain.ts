import type { KeyChange } from '../core/explained-plan.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import { formatPlace } from '../diagnostics/position.ts';
import type { KeyDifference } from '../fingerprint/difference.ts';

/** Differences of keys with their places in the YAML. */
export function keyChanges(stage: StageSpec, differences: readonly KeyDifference[]): readonly KeyChange[] {
  // The seed is written among the options, and stands in the key of its own as well.
  const isTold = differences.some(({ pointer }) => pointer === '/with/seed');
  const told = differences.filter(({ component }) => component !== 'seed' || !isTold);
  return told.map((difference) => {
    const where = placeOf(stage, difference);
    return where === undefined ? difference : { ...difference, where };
  });
}

/** What is not written in the YAML has no place there. */
function placeOf(stage: StageSpec, { component, pointer }: KeyDifference): string | undefined {
  switch (component) {
    case 'options':
    case 'inputs':
      return whereWritten(stage, pointer);
    case 'type':
      return whereWritten(stage, '/type');
    case 'seed':
      return whereWritten(stage, '/with/seed');
    case 'env':
      return whereWritten(stage, `/with${pointer}`);
    case 'files':
    case 'code':
    case 'node':
    case 'environment':
      return undefined;
  }
}

/** The line that a person would edit: that of the parameter or the flag, where the value came through `${…}`. */
function whereWritten(stage: StageSpec, pointer: string): string {
  const range = stage.locate(pointer);
  return formatPlace(range.writtenAt ?? range);
}
