import { once } from 'node:events';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { GcReport } from '../../src/core/gc.ts';
import type { VerifyReport } from '../../src/core/verify.ts';
import { storeBytes } from '../../src/store/size.ts';
import { noProcessIsLeftIn } from './processes.ts';
import { newProject, type Project } from './project.ts';
import { seededRandom } from './random.ts';
import { faultsOf, filesIn } from './store-content.ts';
import { ranIn, runJson, tinyPipeline, type Events } from './tiny-pipeline.ts';

/** A third of the others', since each is followed by runs. */
const KILLS = Math.ceil(Number(process.env['PIPELINE_TEST_KILLS'] ?? 6) / 3);

/** With three runs: at the temperatures 2 and 3, and at 4, which is the current one. */
async function usedProject(): Promise<Project> {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  for (const temperature of [2, 3, 4])
    expect((await runJson(project, '--set', `temperature=${temperature}`)).exitCode).toBe(0);
  return project;
}

async function json<T>(project: Project, ...args: string[]): Promise<T> {
  return JSON.parse((await project.pipeline(...args, '--json')).stdout) as T;
}

const stagesIn = ({ victims }: GcReport): readonly string[] =>
  victims
    .filter(({ what }) => what === 'result')
    .map(({ madeBy }) => String(madeBy?.stage))
    .sort();

test('gc tells what would go and for whom, keeps what pinned runs and current pipelines need, and the rest is made again', async () => {
  const project = await usedProject();
  const all = await json<GcReport>(project, 'gc', '--dry-run', '--limit', '0');
  // All of it is younger than an hour.
  expect(all.victims).toEqual([]);
  expect(storeBytes(project.path('artifacts'), { within: Infinity })).toBe(all.bytesBefore);
  expect(storeBytes(project.path('artifacts'), { within: -1 })).toBeUndefined();

  const dry = await json<GcReport>(project, 'gc', '--dry-run', '--limit', '0', '--grace', '0');
  expect(stagesIn(dry)).toEqual(['evaluate', 'evaluate', 'train-student', 'train-student']);
  expect((await project.pipeline('runs', 'pin', 'latest~1', '--name', 'best')).exitCode).toBe(0);
  expect((await project.pipeline('runs')).stdout).toMatch(/succeeded .* best$/m);
  const words = (await project.pipeline('gc', '--dry-run', '--limit', '0', '--grace', '0')).stdout;
  expect(words).toMatch(
    /^result +tiny +train-student +\d{8}-\d{6}-\w+ +\d{4}-\d\d-\d\d \d\d:\d\d +[\d.]+ KiB +[\d.]+ s$/m,
  );
  expect(words).toMatch(/^would go: 2 results for which there is no room, /m);
  expect(words).toMatch(/^pinned +6 +0 /m);
  expect(words).toContain('that is still too much: what stays is needed or young');

  const real = await json<GcReport>(project, 'gc', '--limit', '0', '--grace', '0');
  expect(stagesIn(real)).toEqual(['evaluate', 'train-student']);
  expect(faultsOf(project.path('artifacts'))).toEqual([]);
  expect(ranIn((await runJson(project)).events)).toEqual([]);
  expect(ranIn((await runJson(project, '--set', 'temperature=3')).events)).toEqual([]);
  expect((await project.pipeline('get', 'best', 'train-student', '-o', 'best')).exitCode).toBe(0);
  expect(ranIn((await runJson(project, '--set', 'temperature=2')).events)).toEqual(['train-student', 'evaluate']);

  expect((await project.pipeline('runs', 'unpin', 'best')).exitCode).toBe(0);
  expect((await project.pipeline('runs', 'unpin', 'best')).exitCode).toBe(2);
  // A pipeline that is no more is not current.
  rmSync(project.path('tiny.yaml'));
  const last = await json<GcReport>(project, 'gc', '--limit', '0', '--grace', '0');
  expect(last.bytesAfter).toBe(0);
  expect(filesIn(project.path('artifacts/objects'))).toEqual([]);
}, 180_000);

test('verify finds a flipped bit and whose it was, and what was repaired is made again with the same bytes', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const first = await runJson(project);
  const whole = await project.pipeline('verify');
  expect([whole.exitCode, whole.stdout.split('\n').at(-1)]).toEqual([0, 'all is as it was written']);

  const finished = first.events.find(({ type, stage }) => type === 'stage-finished' && stage === 'train-teacher');
  const { files } = finished?.['artifact'] as { files: { digest: string; path: string }[] };
  const { digest = '', path = '' } = files.at(-1) ?? {};
  const object = project.path(`artifacts/objects/${digest.slice(0, 2)}/${digest.slice(2)}`);
  const bytes = readFileSync(object);
  bytes.writeUInt8(bytes.readUInt8(7) ^ 16, 7);
  chmodSync(object, 0o644);
  writeFileSync(object, bytes);

  const damaged = await project.pipeline('verify');
  expect(damaged.exitCode).toBe(1);
  expect(damaged.stdout).toContain(`of "${path}", stage train-teacher, pipeline tiny, run `);
  expect(damaged.stdout).toContain(object);
  const repaired = await project.pipeline('verify', '--repair', '--json');
  expect(repaired.exitCode).toBe(0);
  expect((JSON.parse(repaired.stdout) as VerifyReport).damages.map(({ what }) => what)).toEqual(['object', 'record']);
  expect((await project.pipeline('verify')).exitCode).toBe(0);
  const again = await runJson(project);
  expect(ranIn(again.events)).toEqual(['train-teacher']);
  expect(again.events.find(({ type }) => type === 'stage-finished')?.['artifact']).toEqual(finished?.['artifact']);
}, 120_000);

test('a gc killed at any moment leaves a store that is whole, and runs go on from it', async () => {
  const project = await usedProject();
  const random = seededRandom();
  cpSync(project.path('artifacts'), project.path('copy'), { recursive: true });
  let longest = 260;
  for (let killed = 0, attempt = 0; killed < KILLS; attempt++) {
    expect(attempt).toBeLessThan(KILLS * 10);
    rmSync(project.path('artifacts'), { recursive: true, force: true });
    cpSync(project.path('copy'), project.path('artifacts'), { recursive: true });
    const gc = project.start('gc', '--limit', '0', '--grace', '0');
    const ended = once(gc, 'exit');
    const startedAt = performance.now();
    await Promise.race([sleep((0.3 + random.next() * 0.7) * longest), ended]);
    gc.kill('SIGKILL');
    if ((await ended)[0] === null) killed++;
    // It had ended by itself: on a quick machine the next one gets less time.
    else longest = Math.min(longest, performance.now() - startedAt);
    const seed = `PIPELINE_TEST_SEED=${random.seed}`;
    expect([seed, (await project.pipeline('verify')).stdout.split('\n').at(-1)]).toEqual([
      seed,
      'all is as it was written',
    ]);
    expect([seed, ...faultsOf(project.path('artifacts'))]).toEqual([seed]);
    expect(ranIn((await runJson(project)).events)).toEqual([]);
  }
  expect((await project.pipeline('gc', '--limit', '0', '--grace', '0')).exitCode).toBe(0);
  expect(filesIn(project.path('artifacts/tmp'))).toEqual([]);
}, 300_000);

test('runs under way are not disturbed by a gc that takes all it can, and are right', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const runs = Array.from({ length: 5 }, async (_, index) => {
    const child = project.start('run', 'tiny.yaml', '--json', '-j', '1', '--set', `temperature=${1 + (index % 3)}`);
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return {
      code,
      events: text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Events[number]),
    };
  });
  const done = new AbortController();
  const collecting = (async () => {
    let collected = 0;
    for (; !done.signal.aborted; collected++)
      expect((await project.pipeline('gc', '--limit', '0', '--grace', '0')).exitCode).toBe(0);
    return collected;
  })();
  const ended = await Promise.all(runs);
  done.abort();
  expect(await collecting).toBeGreaterThan(0);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  const warnings = ended.flatMap(({ events }) => events.filter(({ type }) => type === 'warning'));
  expect(warnings).toEqual([]);
  await noProcessIsLeftIn(project.folder);
  expect(faultsOf(project.path('artifacts'))).toEqual([]);
  expect((await project.pipeline('verify')).exitCode).toBe(0);
}, 300_000);

test('a run that adds to a store over its limit says so, and one that adds nothing does not', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'pipeline.config.yaml': 'store: { limit: 1KiB }\n' });
  const notice = /^the store has \d+ KiB, over its limit of 1.0 KiB: pipeline gc makes room$/m;
  expect((await project.pipeline('run', 'tiny.yaml', 'load-data')).stdout).toMatch(notice);
  expect((await project.pipeline('run', 'tiny.yaml', 'load-data')).stdout).not.toMatch(notice);
  const { stderr } = await project.pipeline('run', 'tiny.yaml', 'load-data', '--force', 'load-data', '--json');
  expect(stderr).toMatch(notice);
  await project.write('pipeline.config.yaml', 'store: { limit: 1GiB }\n');
  const again = await project.pipeline('run', 'tiny.yaml', 'load-data', '--force', 'load-data');
  expect(again.stdout).not.toMatch(notice);
}, 60_000);
