import { groupBy } from '../../base/group-by.ts';
import { writtenId } from '../../core/pipeline-spec.ts';
import type { RunRecord, StageRun, StageRunStatus } from '../../records/run-record.ts';
import { headline } from '../metrics-text.ts';

/** A run's stages as they are written, variants of one as one node: a drawing of a thousand would show nothing more. Plain JSON. */
export interface GraphNode {
  readonly id: string;
  readonly type: string;
  /** Longest way from a stage that needs nothing. */
  readonly layer: number;
  /** Nodes, in no order. */
  readonly needs: readonly string[];
  /** The one that most needs looking at, of several variants. */
  readonly status: StageRunStatus;
  /** How many stages have each status. */
  readonly counts: Readonly<Partial<Record<StageRunStatus, number>>>;
  /** Of those that ran, in all. */
  readonly seconds: number;
  /** By those that were reused, in all. */
  readonly secondsSaved: number;
  /** Where it has variants. */
  readonly axes: readonly string[];
  /** Its accuracy and loss, or what else it tells first; empty for several stages. */
  readonly headline: string;
}

/** In topological order. */
export function stageGraph({ stages }: Pick<RunRecord, 'stages'>): readonly GraphNode[] {
  const written = new Map(stages.map((stage) => [stage.id, writtenId(stage)]));
  const layers = new Map<string, number>();
  return [...groupBy(stages, writtenId)].map(([id, group]) => {
    const needed = group.flatMap(({ needs }) => needs.map((need) => written.get(need) ?? need));
    const needs = [...new Set(needed)].filter((need) => need !== id);
    const layer = Math.max(0, ...needs.map((need) => (layers.get(need) ?? 0) + 1));
    layers.set(id, layer);
    const counts = countsOf(group);
    const [first] = group;
    return {
      ...{ id, type: first?.type ?? '', layer, needs, counts },
      status: statuses.find((status) => (counts[status] ?? 0) > 0) ?? 'pending',
      seconds: sum(group.map(({ seconds }) => seconds)),
      secondsSaved: sum(group.map(({ secondsSaved }) => secondsSaved)),
      axes: Object.keys(first?.variant?.axes ?? {}),
      headline:
        group.length === 1 && !tellsOfMany.includes(first?.artifact?.kind ?? '') ? headline(first?.metrics ?? {}) : '',
    };
  });
}

/** Kinds whose first numbers say nothing alone: pages show them in parts of their own. */
const tellsOfMany = ['evaluation', 'comparison'];

/** What most needs looking at first. */
const statuses: readonly StageRunStatus[] = ['failed', 'running', 'cancelled', 'pending', 'skipped', 'ran', 'reused'];

function countsOf(stages: readonly StageRun[]): GraphNode['counts'] {
  const counts: Partial<Record<StageRunStatus, number>> = {};
  for (const { status } of stages) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
