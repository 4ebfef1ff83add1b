import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { openUiServer } from '../../src/ui/server.ts';
import type { PipelineEvent } from '../../src/core/event.ts';
import type { ExplainedKey, ExplainedPlan } from '../../src/core/explained-plan.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import type { RunPage } from '../../src/report/page-data/run-page.ts';
import type {
  LogAnswer,
  ModelAnswer,
  ProjectAnswer,
  Refusal,
  RunsAnswer,
  RunsChange,
  SamplesAnswer,
  StartAnswer,
} from '../../src/ui/protocol.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { newProject, type Project } from './project.ts';
import { noProcessIsLeftIn } from './processes.ts';
import { tinyPipeline } from './tiny-pipeline.ts';
import { exitOf, startUi, waitUntil, type Ui } from './ui-client.ts';

/** Goes on when a file is there. */
const waiting = `version: 1
name: waiting
params: { word: hello }
stages:
  first:
    run: "echo first \${params.word}"
  second:
    run: "echo waits; while [ ! -e go ]; do sleep 0.1; done; echo goes on"
    inputs: []
    cache: false
`;

async function waitingProject(): Promise<{ project: Project; ui: Ui }> {
  const project = await newProject({ 'package.json': '{}' });
  await mkdir(project.path('pipelines'));
  await project.write('pipelines/waiting.yaml', waiting);
  return { project, ui: await startUi(project) };
}

function eventsOf(events: readonly { event: string; data: string }[]): readonly PipelineEvent[] {
  return events.filter(({ event }) => event === '').map(({ data }) => JSON.parse(data) as PipelineEvent);
}

async function statusIs(ui: Ui, run: string, status: string): Promise<void> {
  const now = async (): Promise<string> => (await ui.json<RunRecord>(`/api/runs/${run}`)).status;
  await waitUntil(
    async () => (await now()) === status,
    () => `run ${run} to be ${status}`,
  );
}

describe('a run that another process began', () => {
  it('is followed as it goes on, to its end, and listed as it changes', async () => {
    const { project, ui } = await waitingProject();
    const changes = await ui.follow('/api/runs/changes');
    await changes.until((events) => events.some(({ event }) => event === 'open'));
    const child = project.start('run', 'pipelines/waiting.yaml');
    const changed = (): readonly RunsChange[] =>
      changes.events.filter(({ event }) => event === 'runs').map(({ data }) => JSON.parse(data) as RunsChange);
    await changes.until(() => changed().length > 0);
    const [run] = changed()[0]?.runs ?? [];
    expect(run).toMatchObject({ status: 'running', pipeline: 'waiting' });

    const id = run?.id ?? '';
    const followed = await ui.follow(`/api/runs/${id}/events`);
    await followed.until((events) =>
      eventsOf(events).some((event) => event.type === 'stage-started' && event.stage === 'second'),
    );
    const log = `/api/runs/${id}/logs/second`;
    await waitUntil(
      async () => (await ui.json<LogAnswer>(log)).text === 'waits\n',
      () => 'its log',
    );
    expect(followed.ended()).toBe(false);
    await project.write('go', '');
    await followed.until((events) => events.some(({ event }) => event === 'ended'));
    expect(followed.events.at(-1)).toMatchObject({ event: 'ended', data: 'succeeded' });
    expect(eventsOf(followed.events).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['run-started', 'stage-finished', 'run-finished']),
    );
    expect(await exitOf(child)).toBe(0);
    await changes.until(() => changed().some(({ runs }) => runs[0]?.status === 'succeeded'));
    expect((await project.pipeline('runs', 'tag', id, 'best')).exitCode).toBe(0);
    await changes.until(() => changed().some(({ runs }) => runs[0]?.tags?.includes('best') === true));

    // Who comes again goes on where it was, and is told when there is nothing more to come.
    const ids = followed.events.map((event) => event.id).filter((each) => each !== '');
    const later = await ui.follow(`/api/runs/${id}/events`, { 'last-event-id': ids[1] ?? '' });
    await later.until((events) => events.some(({ event }) => event === 'ended'));
    expect(later.events).toEqual(followed.events.slice(2));
    const done = await ui.ask(`/api/runs/${id}/events`, { headers: { 'last-event-id': ids.at(-1) ?? '' } });
    expect(done.status).toBe(204);
    const beyond = await ui.follow(`/api/runs/${id}/events`, { 'last-event-id': '999999999' });
    await beyond.until((events) => events.some(({ event }) => event === 'ended'));
    expect(beyond.events).toEqual(followed.events);

    // The log in pieces, and from its end.
    const whole = await ui.json<LogAnswer>(log);
    expect(whole).toEqual({ text: 'waits\ngoes on\n', next: 14, size: 14 });
    expect((await ui.json<LogAnswer>(`${log}?from=6`)).text).toBe('goes on\n');
    expect((await ui.json<LogAnswer>(`${log}?from=-3`)).text).toBe('on\n');
    expect(await ui.json<LogAnswer>(`${log}?from=99`)).toEqual({ text: '', next: 14, size: 14 });
  }, 120_000);

  it('is told as interrupted where it was killed', async () => {
    const { project, ui } = await waitingProject();
    const child = project.start('run', 'pipelines/waiting.yaml');
    const list = async (): Promise<RunsAnswer> => ui.json('/api/runs');
    await waitUntil(
      async () => (await list()).total === 1,
      () => 'the run',
    );
    const id = (await list()).runs[0]?.id ?? '';
    const followed = await ui.follow(`/api/runs/${id}/events`);
    await followed.until((events) => events.length > 0);
    child.kill('SIGKILL');
    await followed.until((events) => events.some(({ event }) => event === 'ended'));
    expect(followed.events.at(-1)?.data).toBe('interrupted');
    await waitUntil(
      async () => (await list()).runs[0]?.status === 'interrupted',
      () => 'the list',
    );
    ui.process.kill('SIGINT');
    await noProcessIsLeftIn(project.folder);
  }, 120_000);
});

describe('a run that the page begins', () => {
  it('is planned, explained, started with parameters, and stopped in order', async () => {
    const { project, ui } = await waitingProject();
    const { name, pipelines } = await ui.json<ProjectAnswer>('/api/project');
    expect(project.folder.endsWith(name)).toBe(true);
    const file = 'pipelines/waiting.yaml';
    expect(pipelines).toEqual([{ file, params: { word: 'hello' }, stages: ['first', 'second'] }]);

    const question = { file, set: ['word=other'] };
    const plan = JSON.parse((await ui.post('/api/plan', question)).text) as ExplainedPlan;
    expect(plan.stages.map(({ stage, status }) => [stage, status])).toEqual([
      ['first', 'miss'],
      ['second', 'miss'],
    ]);
    const [why] = JSON.parse((await ui.post('/api/why', { ...question, stage: 'first' })).text) as ExplainedKey[];
    expect(why).toMatchObject({ stage: 'first', status: 'miss' });

    const started = await ui.post('/api/runs', question);
    expect(started.status).toBe(201);
    const { run } = JSON.parse(started.text) as StartAnswer;
    const followed = await ui.follow(`/api/runs/${run}/events`);
    await followed.until((events) =>
      eventsOf(events).some((event) => event.type === 'stage-started' && event.stage === 'second'),
    );
    expect((await ui.json<RunRecord>(`/api/runs/${run}`)).definition.overrides).toEqual(['word=other']);
    // Twice, as who is in a hurry clicks: the second is no other signal.
    expect((await ui.post(`/api/runs/${run}/stop`, {})).text).toBe('{"status":"running"}');
    expect((await ui.post(`/api/runs/${run}/stop`, {})).status).toBe(200);
    await followed.until((events) => events.some(({ event }) => event === 'ended'));
    expect(followed.events.at(-1)?.data).toBe('cancelled');
    expect((await ui.json<LogAnswer>(`/api/runs/${run}/logs/first`)).text).toBe('first other\n');
    ui.process.kill('SIGTERM');
    expect(await exitOf(ui.process)).toBe(0);
    await noProcessIsLeftIn(project.folder);
  }, 120_000);

  it('is refused with what is wrong and where', async () => {
    const { project, ui } = await waitingProject();
    await project.write(
      'pipelines/bad.yaml',
      'version: 1\nname: bad\nstages:\n  a: { type: load-dat }\n  b: { rum: x }\n',
    );
    for (const path of ['/api/plan', '/api/runs']) {
      const { status, text } = await ui.post(path, { file: 'pipelines/bad.yaml' });
      const refusal = JSON.parse(text) as Refusal;
      expect([status, refusal.message]).toEqual([422, expect.stringContaining('load-dat')]);
      expect(refusal.where).toBe('pipelines/bad.yaml:4:14');
      expect(refusal.more?.length).toBeGreaterThan(0);
    }
    const { pipelines } = await ui.json<ProjectAnswer>('/api/project');
    expect(pipelines.map(({ file, stages }) => [file, stages])).toEqual([
      ['pipelines/bad.yaml', undefined],
      ['pipelines/waiting.yaml', ['first', 'second']],
    ]);
    // Mended, it is told so at once.
    await project.write('pipelines/bad.yaml', waiting.replace('waiting', 'good'));
    expect((await ui.json<ProjectAnswer>('/api/project')).pipelines[0]?.stages).toEqual(['first', 'second']);
  }, 120_000);

  it('goes on when the server ends, which ends in order with streams open', async () => {
    const { project, ui } = await waitingProject();
    const { run } = JSON.parse((await ui.post('/api/runs', { file: 'pipelines/waiting.yaml' })).text) as StartAnswer;
    const streams = [await ui.follow(`/api/runs/${run}/events`), await ui.follow('/api/runs/changes')];
    for (const { until } of streams) await until((events) => events.length > 0);
    ui.process.kill('SIGINT');
    expect(await exitOf(ui.process)).toBe(0);
    await waitUntil(
      () => streams.every((stream) => stream.ended()),
      () => 'the streams to end',
    );
    const again = await startUi(project);
    await statusIs(again, run, 'running');
    await project.write('go', '');
    await statusIs(again, run, 'succeeded');
    expect((await again.json<LogAnswer>(`/api/runs/${run}/logs/second`)).text).toBe('waits\ngoes on\n');
    expect(again.token).not.toBe(ui.token);
  }, 120_000);
});

describe('what a run came to', () => {
  it('is told with its models, and the images with what they answer', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'package.json': '{}' });
    const { exitCode, stderr } = await project.pipeline('run', 'tiny.yaml');
    if (exitCode !== 0) throw new Error(stderr);
    const ui = await startUi(project);
    const { total, runs } = await ui.json<RunsAnswer>('/api/runs?status=succeeded&pipeline=tiny');
    expect(total).toBe(1);
    expect((await ui.json<RunsAnswer>('/api/runs?status=failed')).total).toBe(0);
    const id = runs[0]?.id ?? '';

    const page = await ui.json<RunPage>(`/api/runs/${id}/page`);
    expect(page.curves.map(({ role }) => role)).toEqual(['teacher', 'student', 'baseline']);
    const samples = (query: string): Promise<SamplesAnswer> => ui.json(`/api/runs/${id}/samples/evaluate?${query}`);
    const all = await samples('split=test&limit=3&offset=1');
    expect([all.total, all.shape, all.splits]).toEqual([100, [28, 28, 1], ['test', 'validation']]);
    expect([...all.models].sort()).toEqual(['baseline', 'student', 'teacher']);
    expect(all.samples.map(({ index }) => index)).toEqual([1, 2, 3]);
    const wrong = await samples('split=test&wrong=student&limit=100');
    expect(wrong.samples).toHaveLength(wrong.total);
    for (const { label, logits } of wrong.samples) expect(chosen(logits['student'])).not.toBe(label);
    const differ = await samples('split=test&differ=teacher,student&limit=100');
    for (const { logits } of differ.samples) expect(chosen(logits['teacher'])).not.toBe(chosen(logits['student']));
    expect(differ.total).toBeGreaterThan(0);
    expect((await ui.ask(`/api/runs/${id}/samples/evaluate?split=nothing`)).status).toBe(404);
    expect((await ui.ask(`/api/runs/${id}/samples/train-student`)).status).toBe(404);

    // The stock TensorFlow.js makes of what is served what the run's own evaluation has.
    const model = await ui.json<ModelAnswer>(`/api/runs/${id}/models/train-student`);
    const weights = await ui.ask(`/api/runs/${id}/models/train-student/weights`);
    const pixels = all.samples.flatMap((sample) => [...Buffer.from(sample.pixels, 'base64')]);
    const expected = all.samples.flatMap(({ logits }) => logits['student'] ?? []);
    const logits = await stockLogits(model, weights.body, pixels);
    expect(logits).toHaveLength(30);
    logits.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? NaN, 2);
    });
    expect((await ui.ask(`/api/runs/${id}/models/load-data`)).status).toBe(404);
    expect(ui.said()).not.toContain('mistake');
  }, 180_000);
});

describe('the server', () => {
  it('says where a port is taken, and tells a browser its address by a file for its owner alone', async () => {
    const { project, ui } = await waitingProject();
    const second = await project.pipeline('ui', '--no-open', '--port', String(ui.port));
    expect([second.exitCode, second.stderr]).toEqual([2, expect.stringContaining(`port ${ui.port} is taken`)]);
    expect((await project.pipeline('ui', '--port', '99999')).exitCode).toBe(2);

    const assets = temporaryFolder();
    await mkdir(assets, { recursive: true });
    const server = await openUiServer({ cwd: project.folder, port: 0, assets, onBug: () => undefined });
    if (!server.ok) throw new Error(server.error[0]?.message);
    const { path, remove } = await server.value.openingPage();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { exitCode } = await project.pipeline('verify');
    expect(exitCode).toBe(0);
    remove();
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(project.path('artifacts/tmp'))).toEqual([]);
    await server.value.close();
  }, 60_000);
});

function chosen(logits: readonly number[] | undefined): number {
  return logits?.indexOf(Math.max(...logits)) ?? -1;
}

async function stockLogits(
  { modelTopology, weightSpecs, shape, scale }: ModelAnswer,
  weights: Buffer,
  pixels: readonly number[],
): Promise<number[]> {
  const folder = temporaryFolder();
  await mkdir(folder, { recursive: true });
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
  await writeFile(join(folder, 'weights.bin'), weights);
  const values = pixels.map((byte) => byte * scale);
  const count = pixels.length / shape.reduce((product, size) => product * size, 1);
  const args = ['--import', 'tsx', join(import.meta.dirname, '../distill/layers-model/stock.ts')];
  const input = JSON.stringify({ folder, shape: [count, ...shape], values });
  const { stdout } = await execa(process.execPath, args, { input });
  return JSON.parse(stdout) as number[];
}
