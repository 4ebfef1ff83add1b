import { readFileSync } from 'node:fs';
import type { EventBody, PipelineEvent } from '../../core/event.ts';
import { storeLayout } from '../../store/layout.ts';
import type { OpenedPipeline, PipelineRequest } from '../open-pipeline.ts';
import type { Workspace } from '../open-workspace.ts';
import type { SelectedStages, Selection } from '../select-stages.ts';
import { basisDigest, requestDigest } from './basis.ts';
import { type Snapshot, storedStamp, writeSnapshot } from './snapshot.ts';

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
      if (PLAIN.has(event.type)) events?.push(event);
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
}

/** Keeps a snapshot of a run that had nothing to do; of any other one there is nothing to keep. */
export function takeSnapshot(run: TakenRun): void {
  const snapshot = run.events === undefined ? undefined : snapshotOf(run, run.events);
  if (snapshot !== undefined) writeSnapshot(snapshot.store, requestDigest(run.request), snapshot);
}

function snapshotOf(
  { pipeline, workspace, selected }: TakenRun,
  events: readonly PipelineEvent[],
): Snapshot | undefined {
  const { spec, project, seen } = pipeline;
  const basis = seen === undefined ? undefined : basisDigest(spec.source.text, seen);
  const files = workspace.hasher.sights();
  if (seen === undefined || basis === undefined || files === undefined) return undefined;
  const layout = storeLayout(project.store);
  const reused = events.filter((event) => event.type === 'stage-reused');
  const records = reused.map(({ key }) => storedStamp(layout.record(key)));
  // Taken away since.
  if (!records.every((stamp) => stamp !== undefined)) return undefined;
  return {
    format: 1,
    basis,
    plugins: seen.plugins,
    backend: spec.backend,
    environment: workspace.environment,
    files: [...files],
    variables: variablesOf(pipeline, workspace),
    store: project.store,
    storeFormat: readFileSync(layout.formatFile, 'utf8'),
    records,
    folder: project.folder,
    jobs: project.jobs,
    definition: {
      name: spec.name,
      params: spec.params,
      ...(selected.targets === undefined ? {} : { targets: [...selected.targets] }),
    },
    events: events.map(bodyOf),
  };
}

function variablesOf({ spec, types }: OpenedPipeline, { variables }: Workspace): Snapshot['variables'] {
  const names = new Set<string>();
  for (const { type, options } of spec.stages)
    for (const [name, written] of Object.entries(types.get(type)?.command?.(options).env ?? {}))
      if (written === null) names.add(name);
  return [...names].map((name) => {
    const value = variables.values[name];
    return [name, value === undefined ? null : variables.digestOf(name, value)];
  });
}

function bodyOf({ time: _, ...body }: PipelineEvent): EventBody {
  return body;
}
