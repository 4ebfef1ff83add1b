import type { Project } from '../../e2e/project.ts';
import { type EndedRun, type StartedRun, startedRun } from '../../e2e/started-run.ts';
import type { Events } from '../../e2e/tiny-pipeline.ts';

/** An engine as its users have it: the built command, and whatever has to stand behind it. */
export interface Engine {
  /** For `pipeline run`. */
  readonly args: readonly string[];
  /** A folder of its own with these files, whose runs this engine carries out; up to 4 stages at once, of the pool `gpu` one. */
  project(files: Readonly<Record<string, string>>): Promise<Project>;
}

/** Of the project file. */
export const SETTINGS = 'resources: { gpu: 1 }\n';

export type EngineOf = () => Engine;

/** A pipeline, p.yaml, and the engine that runs it. */
export interface Subject {
  readonly project: Project;
  readonly start: (...args: string[]) => StartedRun;
  readonly run: (...args: string[]) => Promise<EndedRun>;
}

/** @param files where `OWN` stands is another word in each subject, so that none finds what another one made */
export async function subject(engine: Engine, files: Readonly<Record<string, string>>): Promise<Subject> {
  const own = `own${++subjects}`;
  const project = await engine.project(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text.replaceAll('OWN', own)])),
  );
  const start: Subject['start'] = (...args) => startedRun(project, 'p.yaml', ...engine.args, ...args);
  return { project, start, run: (...args) => start(...args).ended };
}

let subjects = 0;

/** `first finished, second reused`, in the order of the pipeline. */
export function told(events: Events): string {
  const ends = new Map(
    events.flatMap(({ type, stage = '' }) =>
      /^stage-(finished|reused|failed|skipped)$/.test(type) ? [[stage, type.slice('stage-'.length)] as const] : [],
    ),
  );
  return stagesOf(events)
    .map((stage) => `${stage} ${ends.get(stage) ?? 'untold'}`)
    .join(', ');
}

/** Types of the events of a stage, in their order. */
export function typesOf(events: Events, stage: string): readonly string[] {
  return events.filter((event) => event.stage === stage).map(({ type }) => type);
}

export function eventsOf(events: Events, type: string, stage?: string): Events {
  return events.filter((event) => event.type === type && (stage === undefined || event.stage === stage));
}

/** Of a run's first event: the stages as it has them. */
export function stagesOf(events: Events): readonly string[] {
  return ((events[0]?.['stages'] ?? []) as readonly { readonly id: string }[]).map(({ id }) => id);
}

export function statusOf(events: Events): unknown {
  const last = events.at(-1);
  return last?.type === 'run-finished' ? last['status'] : `it ends with ${last?.type ?? 'nothing'}`;
}
