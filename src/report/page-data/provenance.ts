import type { JsonObject } from '../../base/json.ts';
import { artifactBytes } from '../../core/artifact.ts';
import type { GitState, HostFacts, RunRecord, Versions } from '../../records/run-record.ts';

/** What a run was made from, and what it made. Plain JSON. */
export interface Provenance {
  /** As typed. */
  readonly file: string;
  /** The YAML as read. */
  readonly definition: string;
  readonly params: JsonObject;
  readonly overrides: readonly string[];
  readonly backend: string;
  readonly versions: Versions;
  readonly host: HostFacts;
  readonly git?: GitState;
  readonly results: readonly StageResult[];
}

export interface StageResult {
  readonly stage: string;
  readonly type: string;
  readonly status: string;
  readonly because?: string;
  readonly key?: string;
  /** Of what it made. */
  readonly digest?: string;
  readonly bytes?: number;
  /** What it took when it ran. */
  readonly seconds?: number;
}

export function provenanceOf({ definition, facts, stages }: RunRecord): Provenance {
  const { file, text, params, overrides, backend } = definition;
  const { versions, host, git } = facts;
  return {
    ...{ file, definition: text, params, overrides, backend, versions, host },
    ...(git === undefined ? {} : { git }),
    results: stages.map(({ id, type, status, because, key, artifact, seconds, secondsSaved }) => {
      const took = seconds ?? secondsSaved;
      return {
        ...{ stage: id, type, status },
        ...(because === undefined ? {} : { because }),
        ...(key === undefined ? {} : { key }),
        ...(artifact === undefined ? {} : { digest: artifact.digest, bytes: artifactBytes(artifact) }),
        ...(took === undefined ? {} : { seconds: took }),
      };
    }),
  };
}
