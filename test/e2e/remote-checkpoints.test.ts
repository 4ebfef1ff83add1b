import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { longTraining } from './long-training.ts';
import { noProcessIsLeftIn, until } from './processes.ts';
import { newProject } from './project.ts';
import { digestsOf, faultsOf, filesIn } from './store-content.ts';
import { type Events, runJson } from './tiny-pipeline.ts';

const EPOCHS = 12;
const onWasm = ['--backend', 'wasm'];

function epochsIn(events: Events): readonly unknown[] {
  return events.filter(({ type }) => type === 'epoch-ended').map(({ epoch }) => epoch);
}

function upTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('a training whose machine is lost goes on on another one, to the same bytes, and more epochs extend it there', async () => {
  const shared = `${temporaryFolder()}/shared`;
  const files = { 'pipeline.config.yaml': `remote: { folder: ${shared} }\n`, 'tiny.yaml': longTraining(EPOCHS) };
  const lost = await newProject(files);
  const run = lost.start('run', 'tiny.yaml', '--json', ...onWasm);
  let told = '';
  run.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  run.stderr.resume();
  const closed = once(run, 'close');
  const sent = (): readonly number[] =>
    filesIn(shared).flatMap((path) => {
      const epoch = /epoch-(\d+)\/checkpoint\.json$/.exec(path)?.[1];
      return epoch === undefined ? [] : [Number(epoch)];
    });
  await until(() => /"epoch-ended".*"epoch":2\b/.test(told) && sent().length > 0, 'the second epoch has ended');
  process.kill(-Number(run.pid), 'SIGKILL');
  await closed;
  await noProcessIsLeftIn(lost.folder);
  const reached = Math.max(...sent());
  expect(reached).toBeLessThan(EPOCHS);

  const other = await newProject(files);
  const went = await runJson(other, ...onWasm);
  expect(went.exitCode).toBe(0);
  expect(epochsIn(went.events)).toEqual(upTo(EPOCHS, reached + 1));
  expect(sent()).toEqual([EPOCHS]);
  expect(faultsOf(other.path('artifacts'))).toEqual([]);

  const alone = await newProject({ 'tiny.yaml': longTraining(EPOCHS) });
  const undisturbed = await runJson(alone, ...onWasm);
  expect(epochsIn(undisturbed.events)).toEqual(upTo(EPOCHS));
  const digests = [went, undisturbed].map(({ events }, index) =>
    digestsOf([other, alone][index]?.path('artifacts') ?? '', String(events[0]?.['run'])),
  );
  expect(digests[0]).toEqual(digests[1]);

  const third = await newProject({ ...files, 'tiny.yaml': longTraining(EPOCHS + 1) });
  expect(epochsIn((await runJson(third, ...onWasm)).events)).toEqual([EPOCHS + 1]);
  // What others have gone beyond leaves nothing behind there.
  expect(readdirSync(`${shared}/tmp`)).toEqual([]);
  expect(sent()).toEqual([EPOCHS + 1]);
}, 180_000);
