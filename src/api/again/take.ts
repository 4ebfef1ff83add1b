import { readFileSync } from 'node:fs';
import type { PipelineEvent } from '../../core/event.ts';
import type { StageKey } from '../../core/ids.ts';
import type { FileHasher } from '../../fingerprint/file-hasher.ts';
import { isSettled } from '../../fingerprint/file-sight.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { type Layout, storeLayout } from '../../store/layout.ts';
import type { OpenedPipeline, PipelineRequest } from '../open-pipeline.ts';
import type { Workspace } from '../open-workspace.ts';
import type { SelectedStages, Selection } from '../select-stages.ts';
import { basisDigest, requestDigest } from './basis.ts';
import { type SnapshotHead, stampText, storedStamp, writeSnapshot } from './snapshot.ts';

/** The events of a run, as long as they are those of one that has nothing to do. */
export interface PlainEvents {
  add(event: PipelineEvent): void;
  /** Undefined where there was another one. */
  all(): readonly PipelineEvent[] | undefined;
}

export function plainEvents(): PlainEvents {
  let events: PipelineEvent[] | undefined = [];
  return {
    add(event) {
      // What was brought from a remote is here the next time, and told otherwise.
      if (PLAIN.has(event.type) && !('from' in event)) events?.push(event);
      else events = undefined;
    },
    all: () => events,
  };
}

/** What a run tells in which every stage is a hit. */
const PLAIN: ReadonlySet<PipelineEvent['type']> = new Set([
  'run-started',
  'stage-reused',
  'gate-checked',
  'run-finished',
]);

export interface TakenRun {
  readonly request: PipelineRequest & Selection;
  readonly pipeline: OpenedPipeline;
  readonly workspace: Workspace;
  readonly selected: SelectedStages;
  readonly events: readonly PipelineEvent[] | undefined;
  readonly record: RunRecord;
}

/** Keeps a snapshot of a run that had nothing to do; of any other one there is nothing to keep. */
export function takeSnapshot(run: TakenRun): void {
  const events = run.events;
  const head = events === undefined ? undefined : headOf(run, events);
  const started = events?.find((event) => event.type === 'run-started');
  if (events === undefined || head === undefined || started === undefined) return;
  writeSnapshot(requestDigest(run.request), {
    head,
    selected: JSON.stringify(started.stages),
    stages: JSON.stringify(run.record.stages),
    reused: events.filter(({ type }) => type === 'stage-reused').map((event) => JSON.stringify(bodyOf(event)).slice(1)),
  });
}

function headOf({ pipeline, workspace, selected }: TakenRun, events: readonly PipelineEvent[]) {
  const { spec, project, seen } = pipeline;
  const basis = seen === undefined ? undefined : basisDigest(spec.source.text, seen);
  const files = settledFiles(workspace.hasher);
  const layout = storeLayout(project.store);
  const reused = events.filter((event) => event.type === 'stage-reused');
  const records = recordsOf(layout, new Set(reused.map(({ key }) => key)));
  const status = events.findLast((event) => event.type === 'run-finished')?.status;
  if (seen === undefined || basis === undefined || files === undefined) return undefined;
  if (records === undefined || status === undefined) return undefined;
  const head: SnapshotHead = {
    format: 1,
    basis,
    plugins: seen.plugins,
    backend: spec.backend,
    environment: workspace.environment,
    files,
    variables: variablesOf(pipeline, workspace),
    store: project.store,
    storeFormat: readFileSync(layout.formatFile, 'utf8'),
    records,
    objects: [...new Map(reused.flatMap(({ artifact }) => artifact.files.map(({ digest, bytes }) => [digest, bytes])))],
    folder: project.folder,
    jobs: project.jobs,
    definition: {
      name: spec.name,
      params: spec.params,
      ...(selected.targets === undefined ? {} : { targets: [...selected.targets] }),
    },
    gates: events.filter((event) => event.type === 'gate-checked').map((event) => bodyOf(event)),
    status,
  };
  return head;
}

function variablesOf({ spec, types }: OpenedPipeline, { variables }: Workspace): SnapshotHead['variables'] {
  const names = new Set<string>();
  for (const { type, options } of spec.stages)
    for (const [name, written] of Object.entries(types.get(type)?.command?.(options).env ?? {}))
      if (written === null) names.add(name);
  return [...names].map((name) => {
    const value = variables.values[name];
    return [name, value === undefined ? null : variables.digestOf(name, value)];
  });
}

/** Undefined where one could change, or did, and look the same. */
function settledFiles(hasher: FileHasher): SnapshotHead['files'] | undefined {
  const sights = hasher.sights();
  if (sights === undefined) return undefined;
  const files: [string, string][] = [];
  for (const [path, sight] of sights) {
    if (!isSettled(sight)) return undefined;
    files.push([path, stampText(sight.stamp)]);
  }
  return files;
}

/** Undefined where one was taken away since. */
function recordsOf(layout: Layout, keys: ReadonlySet<StageKey>): SnapshotHead['records'] | undefined {
  const records: SnapshotHead['records'][number][] = [];
  for (const key of keys) {
    const stamp = storedStamp(layout.record(key));
    if (stamp === undefined) return undefined;
    records.push([key, ...stamp]);
  }
  return records;
}

function bodyOf<Event extends PipelineEvent>({ time: _, ...body }: Event): Omit<Event, 'time'> {
  return body;
}
