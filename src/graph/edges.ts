import type { StageId } from '../core/ids.ts';

/** Edges by stage, in the order of the file. */
export type Edges = ReadonlyMap<StageId, readonly StageId[]>;
