import { processIdentity } from '../base/process-identity.ts';
import type { RunId } from '../core/ids.ts';
import type { GitState, HostFacts, RunDefinition, RunRecord, Versions } from './run-record.ts';
import { toIso } from './run-state.ts';

/** What a run's record begins with. */
export interface RunStart {
  /** `<store>/runs` */
  readonly folder: string;
  readonly run: RunId;
  /** Milliseconds since 1970, from the run's clock. */
  readonly started: number;
  readonly definition: RunDefinition;
  readonly versions: Versions;
  readonly host: HostFacts;
  /** Asked of Git while the run goes on already. */
  readonly git?: Promise<GitState | undefined>;
}

export function initialRecord({ run, started, definition, versions, host }: RunStart): RunRecord {
  return {
    format: 1,
    id: run,
    status: 'running',
    started: toIso(started),
    definition,
    facts: { versions, host },
    stages: [],
    gates: [],
    warnings: [],
    process: processIdentity(),
  };
}
