import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { command, newProject } from './project.ts';
import { runJson, stages, tinyPipeline } from './tiny-pipeline.ts';

describe('a run in a pipe', () => {
  test('tells plain lines, a summary, and where its record lies; its parts can be asked for afterwards', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'tiny.yaml');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(stdout).toMatch(/^run \S+: tiny, 6 stages, wasm, \d+ at once$/m);
    for (const stage of stages) expect(stdout).toMatch(new RegExp(`^${stage}: done in `, 'm'));
    expect(stdout.match(/^train-student: epoch /gm)).toHaveLength(2);
    expect(stdout).toMatch(/^train-student: epoch 2\/2, loss [\d.]+, accuracy [\d.]+%.*samples\/s$/m);
    for (const model of ['teacher', 'student', 'baseline']) expect(stdout).toMatch(new RegExp(`^${model} .*%`, 'm'));

    const record = /^record: (.*)$/m.exec(stdout)?.[1] ?? '';
    expect(existsSync(project.path(record))).toBe(true);

    const runs = JSON.parse((await project.pipeline('runs', '--json')).stdout) as { id: string; status: string }[];
    expect(runs).toEqual([expect.objectContaining({ id: record.split('/').at(-1), status: 'succeeded' })]);
    expect((await project.pipeline('runs')).stdout).toMatch(/ tiny +succeeded .* 6 ran, 0 reused$/m);

    const metrics = JSON.parse((await project.pipeline('metrics', '--json')).stdout) as {
      stages: Record<string, object>;
    };
    expect(Object.keys(metrics.stages)).toEqual(expect.arrayContaining([...stages]));
    expect((await project.pipeline('metrics')).stdout).toMatch(/accuracy/);

    expect((await project.pipeline('get', 'latest', 'train-student', '-o', 'out')).exitCode).toBe(0);
    expect((await readdir(project.path('out'))).length).toBeGreaterThan(0);
    expect((await project.pipeline('logs', 'latest', 'train-student')).exitCode).toBe(0);
    const unknown = await project.pipeline('logs', 'latest', 'train-studnet');
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"train-student"') as unknown });
    expect((await project.pipeline('metrics', 'no-such-run')).exitCode).toBe(2);
  }, 60_000);

  test('with --json is one event a line, beginning and ending with the run', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const { events } = await runJson(project, 'load-data');
    expect(events[0]).toMatchObject({ type: 'run-started', pipeline: 'tiny' });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'succeeded' });
    for (const event of events) expect(event['time']).toEqual(expect.any(Number));
  }, 60_000);

  test('whose reader leaves goes on to its end', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const child = project.start('run', 'tiny.yaml', 'train-teacher', '--json');
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [exitCode] = (await once(child, 'exit')) as [number];
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const runs = JSON.parse((await project.pipeline('runs', '--json')).stdout) as { status: string }[];
    expect(runs.map(({ status }) => status)).toEqual(['succeeded']);
  }, 60_000);
});

describe('gates', () => {
  test('that are missed end a run with 1', async () => {
    const gate =
      'gates:\n  evaluate.teacher.validation.accuracy: ">= 0.999"\n  evaluate.student.validation.accuracy: ">= 0"\n';
    const project = await newProject({ 'tiny.yaml': tinyPipeline + gate });
    const { exitCode, stdout } = await project.pipeline('run', 'tiny.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^gate evaluate\.teacher\.validation\.accuracy >= 0\.999: [\d.]+%, missed$/m);
    expect(stdout).toMatch(/^gate evaluate\.student\.validation\.accuracy >= 0: [\d.]+%, passed$/m);
  }, 60_000);
});

test('the command is a program by itself, as npm links it', async () => {
  expect((await execa(command, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
});
