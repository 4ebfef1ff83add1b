import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

describe('a definition that is wrong', () => {
  const wrong = tinyPipeline
    .replace('batchSize: 32\n      epochs: 1', 'batchSiez: 32\n      epochs: none')
    .replace('teacher: train-teacher }\n  train-student', 'teacher: train-techer }\n  train-student');

  test.each(['run', 'plan', 'validate', 'graph'])(
    '%s: every problem with its frame, exit 2, no stack trace',
    async (name) => {
      const project = await newProject({ 'tiny.yaml': wrong });
      const { exitCode, stdout, stderr } = await project.pipeline(name, 'tiny.yaml');
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      for (const word of ['batchSiez', 'batchSize', 'epochs: none', 'train-techer', 'train-teacher']) {
        expect(stderr).toContain(word);
      }
      expect(stderr).toMatch(/tiny\.yaml:\d+:\d+/);
      expect(stderr).toContain('^');
      expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      expect(stderr.trimEnd()).toMatch(/\n3 problems$/);
    },
  );

  test('of thousands of problems, the first are shown and the others counted; --json has all', async () => {
    const stages = Array.from({ length: 3000 }, (_, index) => `  s${index}:\n    type: lode-data\n`).join('');
    const project = await newProject({ 'p.yaml': `version: 1\nname: p\nstages:\n${stages}` });
    const { exitCode, stderr } = await project.pipeline('validate', 'p.yaml');
    expect(exitCode).toBe(2);
    expect(stderr.match(/^error/gm)).toHaveLength(50);
    expect(stderr).toMatch(/\n\nand 2,950 more\n\n3,000 problems$/);
    expect(stderr).toContain('p.yaml:5:11');
    const json = JSON.parse((await project.pipeline('run', 'p.yaml', '--json')).stdout) as { problems: object[] };
    expect(json.problems).toHaveLength(3000);
  });

  test('--json gives the problems to programs', async () => {
    const project = await newProject({ 'tiny.yaml': wrong });
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'tiny.yaml', '--json');
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    const { type, problems } = JSON.parse(stdout) as {
      type: string;
      problems: { code: string; where: { line: number } }[];
    };
    expect(type).toBe('problems');
    expect(problems.map(({ code }) => code).sort()).toEqual(['unknown-key', 'unknown-stage', 'wrong-type']);
    for (const { where } of problems)
      expect(where).toMatchObject({ source: 'tiny.yaml', line: expect.any(Number) as unknown });
    const validated = JSON.parse((await project.pipeline('validate', 'tiny.yaml', '--json')).stdout) as object;
    expect(validated).toMatchObject({ valid: false, files: [{ file: 'tiny.yaml', problems }] });
  });

  test.each([
    ['a missing file', 'gone.yaml'],
    ['a folder', 'folder'],
    ['an empty file', 'empty.yaml'],
    ['no YAML', 'binary.yaml'],
  ])('%s is one clear sentence', async (_name, file) => {
    const project = await newProject({ 'empty.yaml': '', 'binary.yaml': 'a: [\n' });
    await mkdir(project.path('folder'));
    const { exitCode, stderr } = await project.pipeline('run', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(file);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('an unknown stage on the command line names the nearest', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    for (const args of [
      ['run', 'tiny.yaml', 'evalute'],
      ['plan', 'tiny.yaml', '--force', 'evalute'],
      ['why', 'tiny.yaml', 'evalute'],
    ]) {
      const { exitCode, stderr } = await project.pipeline(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('did you mean "evaluate"?');
    }
  });

  test('a --set that does not fit is told with its flag', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const { exitCode, stderr } = await project.pipeline('plan', 'tiny.yaml', '--set', 'temperature=hot');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--set temperature=hot');
  });

  test('the native backend, where it is not installed, is told with what to do', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const doctor = JSON.parse((await project.pipeline('doctor', '--json')).stdout) as {
      checks: { name: string; status: string }[];
    };
    const native = doctor.checks.find(({ name }) => name === 'native backend');
    if (native?.status === 'ok') return;
    const { exitCode, stderr } = await project.pipeline('plan', 'tiny.yaml', '--backend', 'native');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--backend wasm');
  }, 60_000);
});

describe('a definition that is right', () => {
  test('is valid, and can be drawn', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    expect(await project.pipeline('validate', 'tiny.yaml')).toEqual({
      exitCode: 0,
      stdout: 'tiny.yaml: 6 stages, no problems',
      stderr: '',
    });
    const text = await project.pipeline('graph', 'tiny.yaml');
    expect(text.stdout).toMatch(/train-baseline +\(train-student\) +← data: load-data/);
    expect((await project.pipeline('graph', 'tiny.yaml', '--format', 'mermaid')).stdout).toMatch(/^flowchart TD/);
    expect((await project.pipeline('graph', 'tiny.yaml', '--format', 'dot')).stdout).toMatch(/^digraph "tiny"/);
    expect((await project.pipeline('graph', 'tiny.yaml', '--format', 'svg')).stdout).toContain('<svg');
  });
});

describe('plan and why', () => {
  test('name the part of the key that changed, with both values and its place', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    expect((await project.pipeline('plan', 'tiny.yaml')).stdout).toMatch(/^load-data +run +never ran$/m);
    await project.pipeline('run', 'tiny.yaml', 'train-teacher');
    await project.edit('tiny.yaml', '      epochs: 1\n', '      epochs: 3\n');
    const line = (await project.read('tiny.yaml')).split('\n').indexOf('      epochs: 3') + 1;

    const plan = (await project.pipeline('plan', 'tiny.yaml')).stdout;
    expect(plan).toMatch(/^load-data +reuse +saves /m);
    expect(plan).toMatch(
      new RegExp(`^train-teacher +run +about \\d\\S* s +epochs: 1 -> 3 \\(tiny\\.yaml:${line}:\\d+\\)$`, 'm'),
    );
    expect(plan).toMatch(/^predict-soft-labels +run\? +known after train-teacher$/m);
    expect((await project.pipeline('run', 'tiny.yaml', '--dry-run')).stdout).toBe(plan);

    const why = await project.pipeline('why', 'tiny.yaml', 'train-teacher');
    expect(why.stdout).toMatch(new RegExp(`^ +epochs: 1 -> 3 \\(tiny\\.yaml:${line}:\\d+\\)$`, 'm'));
    const explained = JSON.parse(
      (await project.pipeline('why', 'tiny.yaml', 'train-teacher', '--json')).stdout,
    ) as object;
    expect(explained).toMatchObject({
      status: 'miss',
      nearest: { changes: [{ component: 'options', before: 1, after: 3 }] },
    });
    expect((await project.pipeline('runs', '--json')).stdout.match(/"id"/g)).toHaveLength(1);
  }, 60_000);
});
