import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { until } from './processes.ts';
import { newProject, type Project } from './project.ts';
import { digestsOf } from './store-content.ts';
import { runJson, tinyPipeline, type Events } from './tiny-pipeline.ts';

const teacherFor = (epochs: number): string => tinyPipeline.replace('      epochs: 1\n', `      epochs: ${epochs}\n`);

/** @returns the digest of the teacher that it has in the end, and the epochs that it trained for it */
async function train(project: Project, epochs: number): Promise<{ digest: string | undefined; trained: number[] }> {
  await project.write('tiny.yaml', teacherFor(epochs));
  const { events, exitCode } = await runJson(project, 'train-teacher');
  expect(exitCode).toBe(0);
  return {
    digest: digestsOf(project.path('artifacts'), String(events[0]?.['run']))['train-teacher'],
    trained: events.flatMap((event) => (event.type === 'epoch-ended' ? [Number(event['epoch'])] : [])),
  };
}

test('raising epochs from 2 to 5 trains three more, to the bytes of a fresh training of 5', async () => {
  const [grown, fresh] = [await newProject(), await newProject()];
  expect((await train(grown, 2)).trained).toEqual([1, 2]);
  const raised = await train(grown, 5);
  expect(raised.trained).toEqual([3, 4, 5]);
  expect(raised.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(raised).toMatchObject({ digest: (await train(fresh, 5)).digest });
  // What an audit makes is trained from the first epoch on.
  const audited = await runJson(grown, 'train-teacher', '--audit', '100%');
  expect(audited.exitCode).toBe(0);
  expect(audited.events.filter(({ type }) => type === 'stage-audited').map(({ verdict }) => verdict)).toEqual([
    'same',
    'same',
  ]);
}, 120_000);

test('Ctrl-C during an epoch loses that epoch at most, and the end has the bytes of an undisturbed training', async () => {
  const epochs = 60;
  const project = await newProject({ 'tiny.yaml': teacherFor(epochs) });
  const child = project.start('run', 'tiny.yaml', 'train-teacher', '--json');
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const closed = once(child, 'close');
  await until(() => text.includes('"epoch":4'), 'four epochs have ended');
  process.kill(-Number(child.pid), 'SIGINT');
  await closed;
  expect(child.exitCode).toBe(130);
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Events[number]);
  const last = Math.max(...events.flatMap(({ type, epoch }) => (type === 'epoch-ended' ? [Number(epoch)] : [])));
  const after = await train(project, epochs);
  expect(after.trained[0]).toBeGreaterThanOrEqual(last);
  expect(after.trained[0]).toBeLessThanOrEqual(last + 2);
  expect(after.digest).toBe((await train(await newProject(), epochs)).digest);
}, 120_000);
