import type { JsonValue } from '../base/json.ts';
import type { ArtifactFacts, ArtifactRef } from './artifact.ts';
import type { RunId, StageId, StageKey } from './ids.ts';
import type { Preimage } from './preimage.ts';
import type { EpochFigures } from './stage-runner.ts';

/** The result of a stage under its key: what a hit hands out in place of running. */
export interface StageRecord {
  readonly format: 1;
  readonly key: StageKey;
  readonly preimage: Preimage;
  readonly artifact: ArtifactRef;
  readonly facts: ArtifactFacts;
  readonly metrics: Readonly<Record<string, JsonValue>>;
  /** One entry an epoch, for stages that train. */
  readonly epochs: readonly EpochFigures[];
  /** What it took, for predictions and for what gc should keep; of a training that went on from a checkpoint, about what all of it would. */
  readonly seconds: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Who made it, for people; neither enters a decision. */
  readonly madeBy: { readonly run: RunId; readonly stage: StageId; readonly pipeline: string };
}
