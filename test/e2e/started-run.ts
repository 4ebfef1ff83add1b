import { once } from 'node:events';
import { afterEach } from '@jest/globals';
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

const running = new Set<StartedRun>();

/** Of a test that failed. */
afterEach(async () => {
  for (const run of running) run.signal('SIGKILL');
  await Promise.all([...running].map(({ ended }) => ended));
});

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
  const ended = once(child, 'close').then(() => {
    running.delete(run);
    return { exitCode: child.exitCode, events: events(), stderr };
  });
  const run: StartedRun = {
    ...{ pid, events, ended },
    warnings: () => events().flatMap(({ type, message }) => (type === 'warning' ? [String(message)] : [])),
    signal: (name) => {
      process.kill(-pid, name);
    },
  };
  running.add(run);
  return run;
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
