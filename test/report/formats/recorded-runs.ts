import type { PipelineEvent } from '../../../src/core/event.ts';
import type { RunId } from '../../../src/core/ids.ts';
import type { RunRecord } from '../../../src/records/run-record.ts';
import { runState } from '../../../src/records/run-state.ts';

/** The record that these events make, as the recorder writes it. */
export function recordOf(events: readonly PipelineEvent[], more: Partial<RunRecord> = {}): RunRecord {
  const start = events.find((event) => event.type === 'run-started');
  if (start === undefined) throw new Error('no run-started');
  const state = runState({
    format: 1,
    id: start.run,
    status: 'running',
    started: new Date(start.time).toISOString(),
    definition: {
      ...{ name: start.pipeline, file: 'p.yaml', text: 'version: 1\n', backend: start.backend },
      ...{ params: { temperature: 4, model: { width: 16 }, widths: [1, 2] }, overrides: [] },
    },
    facts: {
      versions: { node: '20.0.0', 'distill-pipeline': '0.1.0' },
      host: { name: 'h', platform: 'linux', release: '6', arch: 'x64', cpu: 'cpu', cores: 2, memory: 1 },
      git: { commit: '0123456789abcdef', dirty: true },
    },
    stages: start.stages.map((stage) => ({ ...stage, status: 'pending' as const })),
    ...{ gates: [], warnings: [] },
    process: { host: 'h', machine: 'm', boot: 'b', pid: 1, started: 's' },
  });
  for (const event of events) state.apply(event);
  return { ...state.record(), ...more };
}

export const otherRun = '20261123-000000-aaaaa' as RunId;
