import { expect } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import type { Project } from '../../e2e/project.ts';
import { stagesWith, type StartedRun } from '../../e2e/started-run.ts';
import { type Cluster, startRun } from './cluster.ts';

/** A run whose history is kept, and what has to be in it: else it shows nothing. */
export interface RecordedRun {
  readonly pipeline: string;
  /** Texts of its history. */
  readonly holds: readonly string[];
  /** With workers and the client as the run needs them. */
  record(cluster: Cluster, project: Project): Promise<void>;
}

/** By their names, which are those of the files in histories/. */
export const recordedRuns: Readonly<Record<string, RecordedRun>> = {
  success: {
    pipeline: stages({
      a: { run: 'true' },
      left: { run: 'true', needs: ['a'] },
      right: { run: 'true', needs: ['a'] },
      both: { run: 'true', needs: ['left', 'right'] },
      apart: { run: 'true' },
    }),
    holds: ['WORKFLOW_EXECUTION_COMPLETED'],
    record: withOneWorker(0),
  },
  failure: {
    pipeline: stages({
      bad: { run: 'exit 1' },
      blocked: { run: 'true', needs: ['bad'] },
      further: { run: 'true', needs: ['blocked'] },
      apart: { run: 'true' },
    }),
    holds: ['WORKFLOW_EXECUTION_COMPLETED'],
    record: withOneWorker(1),
  },
  'failure-ends-the-run': {
    pipeline: stages({ bad: { run: 'exit 1' }, ...chain(3) }),
    holds: ['WORKFLOW_EXECUTION_COMPLETED'],
    record: withOneWorker(1, '--no-keep-going', '-j', '1'),
  },
  retry: {
    pipeline: stages({
      once: { run: 'test -e tried || { touch tried; exit 1; }', retry: '{ attempts: 3, delay: 1s }' },
      never: { run: 'exit 1', retry: '{ attempts: 2, delay: 1s }' },
    }),
    holds: ['TIMER_STARTED', 'TIMER_FIRED'],
    record: withOneWorker(1),
  },
  when: {
    pipeline: stages({
      measured: { run: `echo '{ "accuracy": 0.5 }' > figures.json`, metrics: '[figures.json]' },
      good: { run: 'true', when: 'measured.accuracy > 0.9' },
      after: { run: 'true', needs: ['good'] },
      poor: { run: 'true', when: 'measured.accuracy < 0.9' },
    }),
    holds: ['WORKFLOW_EXECUTION_COMPLETED'],
    record: withOneWorker(0),
  },
  cancelled: {
    pipeline: stages({ long: { run: 'sleep 600' }, after: { run: 'true', needs: ['long'] } }),
    holds: ['ACTIVITY_TASK_CANCEL_REQUESTED', 'WORKFLOW_EXECUTION_CANCELED'],
    async record(cluster, project) {
      await cluster.worker();
      const run = startRun(project, 'p.yaml');
      await until(() => hasBegun(run), 'the stage has begun');
      run.signal('SIGINT');
      expect((await run.ended).exitCode).toBe(130);
    },
  },
  'lost-worker': {
    pipeline: stages({ long: { run: 'sleep 3' }, after: { run: 'true', needs: ['long'] } }),
    // The number of the attempt that ended well.
    holds: ['"attempt": 2'],
    async record(cluster, project) {
      const lost = await cluster.worker();
      const run = startRun(project, 'p.yaml');
      await until(() => hasBegun(run), 'the stage has begun');
      await lost.kill();
      await cluster.worker();
      expect((await run.ended).exitCode).toBe(0);
    },
  },
  'continued-as-new': {
    pipeline: stages(chain(12)),
    holds: ['WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 'WORKFLOW_EXECUTION_COMPLETED'],
    record: withOneWorker(0),
  },
};

interface Stage {
  readonly needs?: readonly string[];
  readonly run: string;
  readonly retry?: string;
  readonly metrics?: string;
  readonly when?: string;
}

function stages(all: Readonly<Record<string, Stage>>): string {
  const lines = Object.entries(all).flatMap(([id, { run, needs = [], ...policy }]) => [
    `  ${id}:`,
    `    run: ${JSON.stringify(run)}`,
    ...(needs.length === 0 ? [] : [`    needs: { ${needs.map((need) => `${need}: ${need}`).join(', ')} }`]),
    ...Object.entries(policy).map(([name, value]) => `    ${name}: ${value}`),
  ]);
  return ['version: 1', 'name: recorded', 'stages:', ...lines, ''].join('\n');
}

function chain(length: number): Readonly<Record<string, Stage>> {
  return Object.fromEntries(
    Array.from({ length }, (_, place) => [
      `link-${place}`,
      { run: 'true', ...(place === 0 ? {} : { needs: [`link-${place - 1}`] }) },
    ]),
  );
}

function withOneWorker(exitCode: number, ...options: readonly string[]): RecordedRun['record'] {
  return async (cluster, project) => {
    await cluster.worker();
    const ended = await startRun(project, 'p.yaml', ...options).ended;
    expect([ended.exitCode, ended.stderr]).toEqual([exitCode, expect.anything()]);
  };
}

function hasBegun(run: StartedRun): boolean {
  return stagesWith(run.events(), 'stage-started').length > 0;
}
