import type { Digest } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';

/** What fits into which slot. Plugins may add kinds of their own. */
export type ArtifactKind = 'dataset' | 'model' | 'soft-labels' | 'evaluation' | 'files' | (string & {});

export interface ArtifactFile {
  /** Relative, with `/`, without `..`. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
}

/** Content that a stage made. Its digest covers kind, paths and contents, so equal artifacts have equal digests. */
export interface ArtifactRef {
  readonly kind: ArtifactKind;
  readonly digest: Digest;
  /** Sorted by path. */
  readonly files: readonly ArtifactFile[];
}

export function artifactBytes({ files }: ArtifactRef): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What can be told of an artifact without reading it (a data set's shape and classes); a stage type's own words. */
export type ArtifactFacts = JsonObject;
