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
  twin:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 3 }], batchSize: 20, epochs: 1, optimizer: sgd }
  wide:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 9 }, { dense: 3 }], batchSize: 20, epochs: 1 }
  measure:
    type: evaluate
    needs: { data: load, small: student, big: wide }
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
  expect(models).toMatchObject([
    { stages: ['student@replicate=0', 'student@replicate=1'], parameters: 111 },
    { stages: ['twin@replicate=0', 'twin@replicate=1'], parameters: 111 },
    { stages: ['wide@replicate=0', 'wide@replicate=1'], parameters: 363 },
  ]);
  expect(models[1]?.latencies).toEqual(models[0]?.latencies);
  const latencies = models[0]?.latencies ?? [];
  expect(latencies.map(({ batch }) => batch)).toEqual([1, 8]);
  for (const { milliseconds } of latencies) expect(milliseconds).toBeGreaterThan(0);

  // Kept beside the record, for the frontier; in no key.
  const metrics = await project.pipeline('metrics');
  expect(metrics.stdout).toMatch(/^model +bytes +ms an image \(wasm\) +validation accuracy +measured +frontier$/m);
  expect(metrics.stdout).toMatch(/^small +444 +[\d.]+ +\d+\.\d\d% +2 /m);
  const { latencies: kept } = JSON.parse((await project.pipeline('metrics', '--json')).stdout) as {
    readonly latencies: readonly {
      readonly stage: string;
      readonly called: readonly string[];
      readonly batch: number;
    }[];
  };
  expect(kept).toHaveLength(12);
  expect(kept[0]).toMatchObject({
    ...{ stage: 'student@replicate=0', called: ['measure@replicate=0.small'], backend: 'wasm', batch: 1 },
  });
  expect((await project.pipeline('run', 'measured.yaml')).stdout).toMatch(/0 stages ran/);
  expect((await project.pipeline('metrics', 'latest', '--json')).stdout).not.toContain('latencies');

  const unknown = await project.pipeline('latency', 'latest', 'load');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('no stage "load" made a model');
  expect((await project.pipeline('latency', 'latest', '--backend', 'gpu')).exitCode).toBe(2);
}, 60_000);
