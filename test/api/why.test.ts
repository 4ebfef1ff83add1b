import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planPipeline } from '../../src/api/plan.ts';
import { explainStages } from '../../src/api/why.ts';
import { sha256 } from '../../src/base/hash.ts';
import type { KeyChange } from '../../src/core/explained-plan.ts';
import type { RunId, StageId } from '../../src/core/ids.ts';
import type { Preimage } from '../../src/core/preimage.ts';
import type { Store } from '../../src/core/store.ts';
import { stageKey } from '../../src/fingerprint/key.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { tinyFiles, tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';

const YAML = `version: 1
name: own
params: { seed: 1, rate: 0.5 }
stages:
${tinyLoad}  train:
    type: train-teacher
    needs: { data: load }
    with:
      model: [flatten, { dense: 3 }]
      batchSize: 20
      epochs: 3
`;

let folder: string;
let store: Store;
let now: number;
beforeEach(async () => {
  folder = temporaryFolder();
  writeTinyFiles(folder);
  write(YAML);
  store = await openLocalStore(join(folder, 'artifacts'));
  now = Date.UTC(2026, 10, 24);
  // The program's own folder would be the project's otherwise.
  writeFileSync(join(folder, 'package.json'), '{}');
  await asIfRun('load');
  await asIfRun('train');
});

function write(text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'own.yaml'), text);
}

function edit(before: string, after: string): void {
  const text = readFileSync(join(folder, 'own.yaml'), 'utf8');
  if (!text.includes(before)) throw new Error(`no ${before}`);
  write(text.replace(before, after));
}

async function why(stage: string) {
  const explained = await explainStages(stage, { file: 'own.yaml', cwd: folder });
  if (!explained.ok) throw new Error(JSON.stringify(explained.error.map(({ message }) => message)));
  const [only] = explained.value;
  if (only === undefined || only.status === 'unknown' || only.status === 'skipped')
    throw new Error(`the key of ${stage} is not known`);
  return only;
}

/** A result of the stage as it is now, or of another preimage: the record of a run, without the minutes that one takes. */
async function asIfRun(
  stage: string,
  change: (preimage: Preimage) => Preimage = (preimage) => preimage,
): Promise<void> {
  const preimage = change((await why(stage)).preimage);
  const staging = await store.makeStagingFolder();
  writeFileSync(join(staging, 'content'), `${stage} ${stageKey(preimage)}`);
  now += 60_000;
  await store.publish({
    format: 1,
    key: stageKey(preimage),
    preimage,
    artifact: await store.putFolder(staging, 'dataset'),
    facts: {},
    metrics: {},
    epochs: [],
    seconds: 30,
    createdAt: new Date(now).toISOString(),
    madeBy: { run: 'run' as RunId, stage: stage as StageId, pipeline: 'own' },
  });
}

/** What `why` says of the difference; `plan` must say the same of a miss. */
async function changes(stage: string): Promise<readonly KeyChange[] | undefined> {
  const { nearest, status } = await why(stage);
  const plan = await planPipeline('own.yaml', { cwd: folder });
  if (!plan.ok) throw new Error('no plan');
  const planned = plan.value.stages.find((each) => each.stage === stage);
  expect(planned?.status).toBe(status);
  if (status === 'miss') expect(planned?.changes).toEqual(nearest?.changes);
  return nearest?.changes;
}

describe('why and plan name what changed, with both values and the line that one would edit', () => {
  test('an option', async () => {
    edit('epochs: 3', 'epochs: 7');
    expect(await changes('train')).toEqual([
      { component: 'options', pointer: '/with/epochs', before: 3, after: 7, where: 'own.yaml:17:15' },
    ]);
  });

  test('a default that was written out otherwise, and a layer that was taken away', async () => {
    edit('      epochs: 3', '      epochs: 3\n      restoreBest: true');
    expect(await changes('train')).toMatchObject([{ pointer: '/with/restoreBest', before: false, after: true }]);
    edit('[flatten, { dense: 3 }]', '[flatten, { dense: 4 }, { dense: 3 }]');
    await asIfRun('train');
    edit('{ dense: 4 }, ', '');
    expect(await changes('train')).toMatchObject([{ pointer: '/with/model/1', before: { dense: { units: 4 } } }]);
  });

  test('the content of an input', async () => {
    edit('train: 60', 'train: 50');
    await asIfRun('load');
    const told = await changes('train');
    expect(told).toEqual([
      {
        component: 'inputs',
        pointer: '/needs/data',
        before: expect.any(String),
        after: expect.any(String),
        where: 'own.yaml:13:20',
      },
    ]);
  });

  test('the content of a file', async () => {
    const images = join(folder, Object.values(tinyFiles)[0] ?? '');
    writeFileSync(images, Buffer.concat([readFileSync(images), Buffer.from('x')]));
    const told = await changes('load');
    expect(told).toMatchObject([{ component: 'files', before: expect.any(String), after: expect.any(String) }]);
    expect(told?.[0]?.pointer).toMatch(/^\/files\//);
  });

  test('the seed, whose line is in params', async () => {
    edit('      epochs: 3', '      epochs: 3\n      seed: ${params.seed}');
    await asIfRun('train');
    edit('seed: 1', 'seed: 2');
    expect(await changes('train')).toEqual([
      { component: 'options', pointer: '/with/seed', before: 1, after: 2, where: 'own.yaml:3:17' },
    ]);
  });

  test('the environment', async () => {
    const { preimage } = await why('train');
    const { environment } = preimage;
    if (environment === undefined) throw new Error('a training counts no environment');
    edit('batchSize: 20', 'batchSize: 21');
    await asIfRun('train', (now) => ({ ...now, environment: { ...environment, tfjs: '0.0.1' } }));
    const told = await changes('train');
    expect(told).toEqual([
      { component: 'environment', pointer: '/environment/tfjs', before: '0.0.1', after: environment.tfjs },
    ]);
  });

  test('the code of the stage type', async () => {
    edit('batchSize: 20', 'batchSize: 21');
    await asIfRun('train', (now) => ({ ...now, code: sha256('older code') }));
    expect(await changes('train')).toMatchObject([
      { component: 'code', pointer: '/code', before: sha256('older code') },
    ]);
  });

  test('the version of the stage type', async () => {
    edit('batchSize: 20', 'batchSize: 21');
    await asIfRun('train', (now) => ({ ...now, type: { ...now.type, version: 0 } }));
    expect(await changes('train')).toMatchObject([
      { component: 'type', pointer: '/type/version', before: 0, after: 1 },
    ]);
  });

  test('the stage type, and then nothing of its options', async () => {
    edit('type: train-teacher', 'type: train-student');
    expect(await changes('train')).toEqual([
      {
        component: 'type',
        pointer: '/type/name',
        before: 'train-teacher',
        after: 'train-student',
        where: 'own.yaml:12:11',
      },
    ]);
  });

  test('an option that moved into params and changed there has its line there', async () => {
    edit('epochs: 3', 'epochs: ${params.epochs}');
    edit('rate: 0.5', 'epochs: 3');
    expect((await why('train')).status).toBe('hit');
    edit('epochs: 3', 'epochs: 4');
    expect(await changes('train')).toEqual([
      { component: 'options', pointer: '/with/epochs', before: 3, after: 4, where: 'own.yaml:3:28' },
    ]);
  });
});

describe('the nearest earlier result', () => {
  test('is the stage’s own, though another stage’s differs less', async () => {
    edit('  train:', '  second:');
    edit('epochs: 3', 'epochs: 4');
    await asIfRun('second');
    edit('  second:', '  train:');
    edit('epochs: 4', 'epochs: 5\n      seed: 7');
    const { nearest } = await why('train');
    expect(nearest?.madeBy.stage).toBe('train');
    edit('  train:', '  third:');
    expect((await why('third')).nearest?.madeBy.stage).toBe('second');
  });

  test('is the newest of those that differ as much', async () => {
    for (const epochs of [5, 9, 7]) {
      edit(/epochs: \d/.exec(readFileSync(join(folder, 'own.yaml'), 'utf8'))?.[0] ?? '', `epochs: ${epochs}`);
      await asIfRun('train');
    }
    edit('epochs: 7', 'epochs: 8');
    expect((await changes('train'))?.map(({ before }) => before)).toEqual([7]);
  });

  test('of a hit is another one', async () => {
    expect((await why('train')).nearest).toBeUndefined();
    edit('epochs: 3', 'epochs: 4');
    await asIfRun('train');
    expect((await changes('train'))?.map(({ before, after }) => [before, after])).toEqual([[3, 4]]);
  });
});
