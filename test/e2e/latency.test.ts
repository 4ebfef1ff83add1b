import { expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { newProject } from './project.ts';

const pipeline = `version: 1
name: measured
replicates: 2
stages:
${tinyLoad}  student:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 3 }], batchSize: 20, epochs: 1 }
`;

interface Report {
  readonly backend: string;
  readonly models: readonly {
    readonly stages: readonly string[];
    readonly parameters: number;
    readonly latencies: readonly { readonly batch: number; readonly milliseconds: number }[];
  }[];
}

test('the models of a run are measured where they are asked for, and what is asked wrong is told', async () => {
  const project = await newProject({ 'measured.yaml': pipeline });
  writeTinyFiles(project.folder);
  expect((await project.pipeline('run', 'measured.yaml')).exitCode).toBe(0);

  const { stdout, exitCode } = await project.pipeline('latency', '--json', '--batch', '1,8');
  expect(exitCode).toBe(0);
  const { backend, models } = JSON.parse(stdout) as Report;
  expect(backend).toBe('wasm');
  // Two seeds of one student have the same layers.
  expect(models).toMatchObject([{ stages: ['student@replicate=0', 'student@replicate=1'], parameters: 111 }]);
  const latencies = models[0]?.latencies ?? [];
  expect(latencies.map(({ batch }) => batch)).toEqual([1, 8]);
  for (const { milliseconds } of latencies) expect(milliseconds).toBeGreaterThan(0);

  const unknown = await project.pipeline('latency', 'latest', 'load');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('no stage "load" made a model');
  expect((await project.pipeline('latency', 'latest', '--backend', 'gpu')).exitCode).toBe(2);
}, 60_000);
