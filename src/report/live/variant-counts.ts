import type { StageId } from '../../core/ids.ts';
import { formatCount } from '../format.ts';
import type { StageView } from '../run-view.ts';

/** How far the variants of a stage are, all of them together. */
export interface VariantCounts {
  readonly of: StageId;
  readonly total: number;
  /** Variants that ended, each by how. */
  readonly ended: Map<StageId, StageView['state']>;
}

/** Of the stages that have several. */
export function variantCounts(stages: Iterable<StageView>): ReadonlyMap<StageId, VariantCounts> {
  const counts = new Map<StageId, VariantCounts>();
  for (const { variant } of stages) {
    if (variant === undefined) continue;
    const total = (counts.get(variant.of)?.total ?? 0) + 1;
    counts.set(variant.of, { of: variant.of, total, ended: new Map() });
  }
  return new Map([...counts].filter(([, { total }]) => total > 1));
}

const endings: readonly StageView['state'][] = ['done', 'reused', 'failed', 'skipped'];

/** @returns whether the counts say something new */
export function countEnding({ ended }: VariantCounts, { id, state }: StageView): boolean {
  if (!endings.includes(state) || ended.get(id) === state) return false;
  ended.set(id, state);
  return true;
}

/** `train-student  12 of 60 done, 3 reused, 1 failed` */
export function countsLine({ of, total, ended }: VariantCounts, nameWidth: number): string {
  const count = (wanted: StageView['state']): number => [...ended.values()].filter((state) => state === wanted).length;
  const parts = [`${formatCount(count('done') + count('reused'))} of ${formatCount(total)} done`];
  for (const state of ['reused', 'failed', 'skipped'] as const) {
    const of = count(state);
    if (of > 0) parts.push(`${formatCount(of)} ${state === 'skipped' ? 'not run' : state}`);
  }
  return `${of.padEnd(nameWidth)}  ${parts.join(', ')}`;
}

export function countsState({ total, ended }: VariantCounts): StageView['state'] {
  if (ended.size < total) return ended.size === 0 ? 'pending' : 'running';
  const states = new Set(ended.values());
  if (states.has('failed')) return 'failed';
  return states.has('skipped') ? 'skipped' : 'done';
}
