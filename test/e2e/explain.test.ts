import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

test('explain writes feature losses out, too', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  await project.edit(
    'tiny.yaml',
    'softLabels: predict-soft-labels }',
    'softLabels: predict-soft-labels, teacher: train-teacher }',
  );
  await project.edit(
    'tiny.yaml',
    '        alpha: 0.9\n',
    '        alpha: 0.9\n        features: [{ method: hint, student: dense, teacher: flatten }, { method: pkt, student: dense, teacher: dense }]\n        hintEpochs: 1\n',
  );
  const { stdout } = await project.pipeline('explain', 'tiny.yaml', 'train-student');
  expect(stdout).toContain(
    'train-student: hinton, hint, pkt (arXiv 1503.02531, arXiv 1412.6550, arXiv 1803.10837)\n' +
      '  loss = 0.1 · CE(y, p) + 0.9 · 4² · KL(t ‖ s) + mean (r(f1) − g1)² + 30000 · mean k(g2) · log(k(g2) / k(f2))\n',
  );
  expect(stdout).toContain("f1 = the student's dense, g1 = the teacher's flatten\n");
  expect(stdout).toContain('in the first epoch the hints alone, then all but the hints\n');
}, 60_000);

test('explain writes each loss as a formula, and how much its terms counted once they ran', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const explain = async (...args: string[]): Promise<string> => {
    const { stdout, exitCode } = await project.pipeline('explain', 'tiny.yaml', ...args);
    expect(exitCode).toBe(0);
    return stdout;
  };
  const before = await explain();
  expect(before).toContain('train-teacher, train-baseline: hardLabels\n  loss = CE(y, p)\n');
  expect(before).toContain(
    'train-student: hinton (arXiv 1503.02531)\n  loss = 0.1 · CE(y, p) + 0.9 · 4² · KL(t ‖ s)\n  where p = softmax(z)\n        s = softmax(z / 4)\n',
  );
  expect(before).not.toContain('norm');

  await project.pipeline('run', 'tiny.yaml', 'train-student');
  const after = await explain('train-student');
  expect(after).toMatch(/norm, in run \S+\n {4}labels {3}0\.1 · CE\(y, p\) {9}\d+\.\d%\n/);
  expect(after).toMatch(/\n {4}teacher {2}0\.9 · 4² · KL\(t ‖ s\) {3}\d+\.\d%\n/);
  expect(after).not.toContain('train-teacher');

  const other = await explain('train-student', '--set', 'temperature=1');
  expect(other).toContain('loss = 0.1 · CE(y, p) + 0.9 · KL(t ‖ s)');
  expect(other).toMatch(/norm, in run \S+, with other options or inputs\n/);

  const [told] = JSON.parse(await explain('train-student', '--json')) as Record<string, unknown>[];
  expect(told).toMatchObject({
    stage: 'train-student',
    method: 'hinton',
    terms: [
      { name: 'labels', formula: '0.1 · CE(y, p)' },
      { name: 'teacher', formula: '0.9 · 4² · KL(t ‖ s)' },
    ],
    shares: { isOwn: true },
  });

  const unknown = await project.pipeline('explain', 'tiny.yaml', 'train-studnt');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr + unknown.stdout).toContain('train-student');
}, 120_000);
