import { once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { noProcessIsLeftIn, processesIn } from './processes.ts';
import { newProject, type Project } from './project.ts';
import { seededRandom, type Random } from './random.ts';
import { digestsOf, faultsOf } from './store-content.ts';
import { runJson, tinyPipeline } from './tiny-pipeline.ts';

/** `PIPELINE_TEST_KILLS=200` for a long look. */
const KILLS = Number(process.env['PIPELINE_TEST_KILLS'] ?? 6);

const victims = ['the runner', 'a child', 'all', 'all, as the store is written to'] as const;

/** Files that commands make of one another, in the middle of which a kill leaves half of one. */
const commands = `version: 1
name: commands
stages:
  first:
    run: for i in 1 2 3 4 5 6 7 8; do cat in.txt; sleep 0.02; done > out/first.txt
    inputs: [in.txt]
    outputs: [out/first.txt]
    env: [LANG]
  folder:
    run: mkdir out/folder; for i in 1 2 3; do cp out/first.txt out/folder/$i; sleep 0.05; done
    inputs: [out/first.txt]
    outputs: [out/folder]
  background:
    run: (sleep 300 & sleep 300) & sleep 0.1; sort out/first.txt > sorted.txt; echo '{"lines":8}' > lines.json
    inputs: [out/*.txt]
    outputs: [sorted.txt]
    metrics: [lines.json]
  last:
    run: sleep 0.1; cat sorted.txt "$PIPELINE_NEEDS_FOLDER"/out/folder/* > last.txt
    needs: { folder: folder }
    inputs: [sorted.txt]
    outputs: [last.txt]
`;

const jobs = [
  { name: 'stages of the program', files: { 'tiny.yaml': tinyPipeline }, first: 'load-data', share: 0.6, made: [] },
  {
    name: 'commands',
    files: { 'tiny.yaml': commands, 'in.txt': 'a line\n' },
    first: 'first',
    share: 0.4,
    made: ['out/first.txt', 'out/folder/3', 'sorted.txt', 'last.txt'],
  },
] as const;

test.each(jobs)(
  'runs of $name killed at any moment leave nothing behind, and what completes them has the same bytes',
  async ({ files, first, share, made }) => {
    const random = seededRandom();
    const told: string[] = [];
    const most = Math.ceil(KILLS * share);
    const bytesOf = (project: Project): Promise<string[]> => Promise.all(made.map((file) => project.read(file)));
    try {
      const calm = await newProject(files);
      const undisturbed = await completed(calm);
      let kills = 0;
      while (kills < most) {
        // A fresh store, killed until everything is in it.
        const project = await newProject(files);
        for (let run = 0; run < 20 && kills < most; run++) {
          const victim = random.pick(victims);
          const killed = await runAndKill(project, victim, random);
          told.push(`${victim}${killed ? '' : ' (it had ended)'}`);
          if (!killed) break;
          kills++;
          await noProcessIsLeftIn(project.folder);
          expect(faultsOf(project.path('artifacts'))).toEqual([]);
        }
        expect(await completed(project)).toEqual(undisturbed);
        expect(await bytesOf(project)).toEqual(await bytesOf(calm));
        // A stage that runs sweeps up; nothing may be left but what is named.
        expect((await runJson(project, first, '--force', first)).exitCode).toBe(0);
        expect(readdirSync(project.path('artifacts/tmp'))).toEqual([]);
        expect(faultsOf(project.path('artifacts'))).toEqual([]);
      }
    } catch (error) {
      throw new Error(`PIPELINE_TEST_SEED=${random.seed}; killed: ${told.join(', ')}`, { cause: error });
    }
  },
  1_200_000,
);

/** What the stages made, in a run that nobody disturbs. */
async function completed(project: Project): Promise<Readonly<Record<string, string>>> {
  const { exitCode, events } = await runJson(project);
  expect(exitCode).toBe(0);
  const digests = digestsOf(project.path('artifacts'), String(events[0]?.['run']));
  expect(Object.values(digests)).not.toContain('none');
  await noProcessIsLeftIn(project.folder);
  return digests;
}

/** @returns whether it was killed before it had ended */
async function runAndKill(project: Project, victim: (typeof victims)[number], random: Random): Promise<boolean> {
  const runner = project.start('run', 'tiny.yaml', '-j', String(1 + random.below(3)));
  const group = Number(runner.pid);
  let stderr = '';
  runner.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  runner.stdout.resume();
  const closed = once(runner, 'close');
  const ended = closed.then(() => 'ended' as const);
  const moment =
    victim === 'all, as the store is written to' ? aWrite(project, random.below(25)) : sleep(random.next() * 900);
  if ((await Promise.race([moment, ended])) === 'ended') return false;
  if (victim === 'a child') {
    const children = processesIn(project.folder).filter(({ parent }) => parent === group);
    if (children.length === 0) kill(group);
    else kill(random.pick(children).pid);
  } else kill(victim === 'the runner' ? group : -group);
  await closed;
  // A child's death is one failed stage, told in words; it may also have been done already.
  if (victim === 'a child') expect([0, 1, null]).toContain(runner.exitCode);
  expect(stderr).not.toMatch(/^\s+at /m);
  return true;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended just then.
  }
}

/** When the folder where all of the store's files begin has changed so many times. */
async function aWrite(project: Project, changes: number): Promise<void> {
  const folder = join(project.folder, 'artifacts', 'tmp');
  while (!existsSync(folder)) await sleep(2);
  const watcher = watch(folder);
  try {
    for (let seen = 0; seen <= changes; seen++) await once(watcher, 'change', { signal: AbortSignal.timeout(2000) });
  } catch {
    // It wrote less than that; this is a moment too.
  } finally {
    watcher.close();
  }
}
