/** What planning may know of an artifact before it is made. Everything is optional: some is only known after a run. */
import type { ArtifactFacts } from '../../core/artifact.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** The facts of data sets, models and soft labels; each has some of them. */
export interface KnownFacts {
  /** Of one image: [28, 28, 1]. A data set's, and what a model takes. */
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  /** Images of each split: a data set's, or those that soft labels are for. */
  readonly counts?: Readonly<Partial<Record<SplitName, number>>>;
  /** Numbers in all weights of a model. */
  readonly parameters?: number;
  /** What each layer of a model gives for one image, by the layer's name. */
  readonly layers?: Readonly<Record<string, readonly number[]>>;
}

/** Those of a plugin's artifact may lack any of them. */
export function readFacts(facts: ArtifactFacts | undefined): KnownFacts {
  return (facts ?? {});
}

/** Facts as JSON. */
export function writeFacts(facts: KnownFacts): ArtifactFacts {
  return { ...facts };
}
