import type { Project } from './project.ts';

/** The main job, small: few digits, small models, one epoch. */
export const tinyPipeline = `version: 1
name: tiny
params:
  seed: 42
  temperature: 4
stages:
  load-data:
    type: load-data
    with:
      dataset: mnist-10k
      split: { train: 320, validation: 100, test: 100 }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model:
        - conv2d: { filters: 4, kernelSize: 3, activation: relu }
        - maxPooling2d: 2
        - flatten
        - dense: 10
      optimizer: { adam: { learningRate: 0.001 } }
      batchSize: 32
      epochs: 1
  predict-soft-labels:
    type: predict-soft-labels
    needs: { data: load-data, teacher: train-teacher }
  train-student:
    type: train-student
    needs: { data: load-data, softLabels: predict-soft-labels }
    with:
      model: [flatten, { dense: { units: 16, activation: sigmoid } }, { dense: 10 }]
      distillation:
        method: hinton
        temperature: \${params.temperature}
        alpha: 0.9
      batchSize: 32
      epochs: 2 # of the student
  train-baseline:
    type: train-student
    needs: { data: load-data }
    with:
      model: [flatten, { dense: { units: 16, activation: sigmoid } }, { dense: 10 }]
      batchSize: 32
      epochs: 2
  evaluate:
    type: evaluate
    needs: { data: load-data, teacher: train-teacher, student: train-student, baseline: train-baseline }
`;

export const stages = [
  'load-data',
  'train-teacher',
  'predict-soft-labels',
  'train-student',
  'train-baseline',
  'evaluate',
] as const;

export type Events = { type: string; stage?: string; [name: string]: unknown }[];

/** Runs with `--json`, and gives the events. */
export async function runJson(
  project: Project,
  ...args: string[]
): Promise<{ events: Events; exitCode: number | undefined }> {
  const { stdout, exitCode } = await project.pipeline('run', 'tiny.yaml', '--json', ...args);
  return { exitCode, events: stdout.split('\n').map((line) => JSON.parse(line) as Events[number]) };
}

/** The stages that really ran, in the order of the pipeline. */
export function ranIn(events: Events): string[] {
  const ran = new Set(events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => stage));
  return stages.filter((stage) => ran.has(stage));
}
