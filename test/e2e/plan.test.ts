import { expect, test } from '@jest/globals';
import { unsealJson } from '../../src/base/sealed-json.ts';
import type { ExplainedPlan } from '../../src/core/explained-plan.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';
import { newProject } from './project.ts';
import { runJson, tinyPipeline } from './tiny-pipeline.ts';

test('a plan predicts what it would take, and an extended training counts as all of its epochs', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const plan = async (...args: string[]) => {
    const { stdout } = await project.pipeline('plan', 'tiny.yaml', '--json', ...args);
    return JSON.parse(stdout) as ExplainedPlan;
  };
  expect((await plan()).expected).toMatchObject({ seconds: 0, unknownStages: 6, jobs: expect.any(Number) });
  expect((await runJson(project)).exitCode).toBe(0);

  const warmer = await plan('--set', 'temperature=8', '-j', '3');
  const stage = (id: string) => warmer.stages.find((each) => each.stage === id);
  expect(stage('train-student')).toMatchObject({
    status: 'miss',
    seconds: expect.any(Number),
    bytes: expect.any(Number),
  });
  expect(stage('evaluate')).toMatchObject({ status: 'unknown', seconds: expect.any(Number) });
  const sum = (stage('train-student')?.seconds ?? 0) + (stage('evaluate')?.seconds ?? 0);
  expect(warmer.expected.seconds).toBeCloseTo(sum);
  expect(warmer.expected).toMatchObject({ jobs: 3, unknownStages: 0 });
  expect(warmer.saved.seconds).toBeGreaterThan(0);
  const { stdout } = await project.pipeline('plan', 'tiny.yaml', '--set', 'temperature=8');
  expect(stdout).toMatch(/^train-student +run +about [\d.]+ s +distillation.temperature: 4 -> 8/m);
  expect(stdout).toMatch(/^about [\d.]+ s of work(?: \([^)]*\))?, [\d.]+ [KM]iB to store\nreused: [\d.]+ s of work, /m);

  await project.edit('tiny.yaml', 'epochs: 2 # of the student', 'epochs: 8 # of the student');
  const { events } = await runJson(project, 'train-student');
  const finished = events.find(({ type, stage }) => type === 'stage-finished' && stage === 'train-student');
  const key = String(finished?.['key']);
  const text = await project.read(`artifacts/keys/${key.slice(0, 2)}/${key.slice(2)}.json`);
  const record = unsealJson(text) as unknown as StageRecord;
  expect(record.epochs).toHaveLength(8);
  expect(record.seconds).toBeCloseTo((Number(finished?.['seconds']) * 8) / 6);
}, 120_000);
