/** What planning may know of an artifact before it is made. Everything is optional: some is only known after a run. */
import type { JsonValue } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export interface DatasetFacts {
  /** Of one image: [28, 28, 1]. */
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  readonly counts?: Readonly<Partial<Record<SplitName, number>>>;
}

export interface ModelFacts {
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  readonly parameters?: number;
}

/** `counts` are those of the data set that the teacher looked at. */
export interface SoftLabelsFacts {
  readonly classes?: number;
  readonly counts?: Readonly<Partial<Record<SplitName, number>>>;
}

/** The facts are a stage type's own words: those of a plugin may lack any of them. */
export function readFacts<Facts extends DatasetFacts | ModelFacts | SoftLabelsFacts>(
  facts: ArtifactFacts | undefined,
): Facts {
  return (facts ?? {}) as unknown as Facts;
}

/** Facts as JSON: what is undefined is left out. */
export function writeFacts(facts: DatasetFacts | ModelFacts | SoftLabelsFacts): ArtifactFacts {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined) as [string, JsonValue][],
  );
}
