import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { noProcessIsLeftIn, until } from './processes.ts';
import { command, newProject, type Project } from './project.ts';
import { ranIn, tinyPipeline, type Events } from './tiny-pipeline.ts';

const AN_HOUR = 3_600_000;

/** Loaded into every process of a run: its clock is ahead by so much, and is set back by as much a little later. */
const setClock = `
const real = Date.now;
const began = real();
const ahead = Number(process.env.CLOCK_AHEAD ?? 0);
const backAfter = Number(process.env.CLOCK_BACK_AFTER ?? Infinity);
Date.now = () => real() + (real() - began < backAfter ? ahead : 0);
`;

const env = (ahead: number, backAfter = Infinity): Record<string, string> => ({
  NODE_OPTIONS: '--import=./set-clock.mjs',
  CLOCK_AHEAD: String(ahead),
  CLOCK_BACK_AFTER: String(backAfter),
});

async function run(project: Project, clock: Record<string, string>, ...args: string[]): Promise<Events> {
  const { exitCode, stdout } = await execa(process.execPath, [command, 'run', 'tiny.yaml', '--json', ...args], {
    cwd: project.folder,
    env: clock,
    reject: false,
  });
  expect(exitCode).toBe(0);
  return stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
}

test('a clock that is set back during a run, and between runs: no time is negative, and the latest run is the latest', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'set-clock.mjs': setClock });
  const first = await run(project, env(AN_HOUR, 500));
  const times = first.map(({ time }) => Number(time));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const seconds = first.flatMap((event) => ('seconds' in event ? [Number(event['seconds'])] : []));
  expect(seconds.length).toBeGreaterThan(6);
  for (const each of seconds) {
    expect(each).toBeGreaterThanOrEqual(0);
    expect(each).toBeLessThan(600);
  }
  // An hour before the first, by its own clock; and one with nothing to do.
  const second = await run(project, env(0), '--set', 'temperature=5');
  expect(ranIn(second)).toEqual(['train-student', 'evaluate']);
  const others = [await run(project, env(0)), await run(project, env(0)), await run(project, env(-AN_HOUR))];
  const ids = [first, second, ...others].map((events) => String(events[0]?.['run']));
  expect(ids).toEqual([...new Set(ids)].sort());
  const listed = JSON.parse((await project.pipeline('runs', '--json')).stdout) as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual([...ids].reverse());
  expect((await project.pipeline('gc', '--grace', '0', '--limit', '0')).exitCode).toBe(0);
  expect((await project.pipeline('verify')).exitCode).toBe(0);
}, 120_000);

test('a run that was killed while its clock was ahead keeps nobody waiting', async () => {
  const project = await newProject({
    'tiny.yaml': tinyPipeline.replace('      epochs: 1\n', '      epochs: 400\n'),
    'set-clock.mjs': setClock,
  });
  const child = spawn(process.execPath, [command, 'run', 'tiny.yaml', 'train-teacher', '--json'], {
    cwd: project.folder,
    env: { ...process.env, ...env(AN_HOUR) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const closed = once(child, 'close');
  await until(() => text.includes('"epoch":2'), 'an epoch has ended');
  child.kill('SIGKILL');
  await closed;
  await noProcessIsLeftIn(project.folder);
  await project.edit('tiny.yaml', 'epochs: 400', 'epochs: 3');
  const events = await run(project, env(-AN_HOUR), 'train-teacher');
  expect(events.some(({ type }) => type === 'stage-waiting')).toBe(false);
  expect(ranIn(events)).toEqual(['train-teacher']);
}, 120_000);
