import { once } from 'node:events';
import type { Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

/** A run of the command, as it goes on. */
export interface StartedRun {
  readonly pid: number;
  /** What it has told. */
  events(): Events;
  warnings(): readonly string[];
  /** Kept when it has ended. */
  readonly ended: Promise<EndedRun>;
  /** To its group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

export interface EndedRun {
  readonly exitCode: number | null;
  readonly events: Events;
  readonly stderr: string;
}

/** Starts `run FILE --json` and follows what it tells. */
export function startedRun(project: Project, file: string, ...args: string[]): StartedRun {
  const child = project.start('run', file, '--json', ...args);
  let [told, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const events = (): Events =>
    told
      .slice(0, told.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Events[number]);
  const pid = Number(child.pid);
  return {
    pid,
    events,
    warnings: () => events().flatMap(({ type, message }) => (type === 'warning' ? [String(message)] : [])),
    ended: once(child, 'close').then(() => ({ exitCode: child.exitCode, events: events(), stderr })),
    signal: (name) => {
      process.kill(-pid, name);
    },
  };
}

/** Of what each stage made, as a run's events tell. */
export function madeIn(events: Events): Readonly<Record<string, string>> {
  return Object.fromEntries(
    events.flatMap(({ type, stage = '', artifact }) =>
      type === 'stage-finished' || type === 'stage-reused' ? [[stage, (artifact as { digest: string }).digest]] : [],
    ),
  );
}

/** Stages by events of a type, in the order of the events. */
export function stagesWith(events: Events, wanted: string): readonly (string | undefined)[] {
  return events.filter(({ type }) => type === wanted).map(({ stage }) => stage);
}
