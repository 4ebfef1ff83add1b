import { execFileSync } from 'node:child_process';
import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { tinyFiles, tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { command, newProject, type Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

/** Data from files of the person's own. */
const ownData = `version: 1
name: own
params: { seed: 1 }
stages:
${tinyLoad}  train:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 3 }], batchSize: 20, epochs: 1 }
  measure:
    type: evaluate
    needs: { data: load, baseline: train }
`;

interface Place {
  readonly project: Project;
  readonly program?: string;
  readonly cwd?: string;
  readonly file?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The stages that ran; what failed is a failure of the test. */
async function ran({
  project,
  program = command,
  cwd = project.folder,
  file = 'own.yaml',
  args = [],
  env = {},
}: Place) {
  const { stdout, exitCode } = await execa(process.execPath, [program, 'run', file, '--json', ...args], {
    cwd,
    env,
    reject: false,
  });
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  expect({ exitCode, last: events.at(-1) }).toMatchObject({ exitCode: 0, last: { status: 'succeeded' } });
  return events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => String(stage));
}

const all = ['load', 'train', 'measure'];
let project: Project;
const images = (): string => project.path(tinyFiles.trainImages);

beforeEach(async () => {
  project = await newProject({ 'own.yaml': ownData });
  writeTinyFiles(project.folder);
  expect(await ran({ project })).toEqual(all);
});

/** Another pixel, and the same size. */
function changePixel(): void {
  const bytes = readFileSync(images());
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 0xff, bytes.length - 5);
  writeFileSync(images(), bytes);
}

describe('a file of the person', () => {
  test('with other content runs what reads it; touched, replaced by the same, renamed or set back, it runs nothing', async () => {
    const original = readFileSync(images());
    utimesSync(images(), 1e9, 1e9);
    expect(await ran({ project })).toEqual([]);
    writeFileSync(images(), original);
    expect(await ran({ project })).toEqual([]);

    changePixel();
    expect(await ran({ project })).toEqual(all);
    writeFileSync(images(), original);
    expect(await ran({ project })).toEqual([]);

    renameSync(images(), project.path('renamed.idx'));
    await project.edit('own.yaml', tinyFiles.trainImages, 'renamed.idx');
    expect(await ran({ project })).toEqual([]);
  }, 120_000);

  test('of the same size, with its time set back by `touch -r`, is noticed', async () => {
    // Old enough for the stat cache to be believed.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ran({ project })).toEqual([]);
    writeFileSync(project.path('reference'), '');
    execFileSync('touch', ['-r', images(), project.path('reference')]);
    const before = statSync(images(), { bigint: true });
    changePixel();
    execFileSync('touch', ['-r', project.path('reference'), images()]);
    const after = statSync(images(), { bigint: true });
    expect([after.size, after.mtimeNs]).toEqual([before.size, before.mtimeNs]);
    expect(await ran({ project })).toEqual(all);
  }, 60_000);
});

describe('what does not change a result', () => {
  test('runs nothing: where the project lies, what the pipeline is called, from where and how it is run', async () => {
    expect(await ran({ project, args: ['-j', '7'] })).toEqual([]);
    expect(await ran({ project, cwd: '/', file: project.path('own.yaml') })).toEqual([]);
    expect(
      await ran({ project, env: { LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu', SOME_VARIABLE: '1', NO_COLOR: '1' } }),
    ).toEqual([]);
    renameSync(project.path('own.yaml'), project.path('another name.yaml'));
    expect(await ran({ project, file: 'another name.yaml' })).toEqual([]);
    const moved = await newProject();
    for (const name of readdirSync(project.folder)) renameSync(project.path(name), moved.path(name));
    expect(await ran({ project: moved, file: 'another name.yaml' })).toEqual([]);
  }, 120_000);
});

describe('what changes results', () => {
  test('the seed runs what draws, and what reads that', async () => {
    expect(await ran({ project, args: ['--set', 'seed=2'] })).toEqual(['train', 'measure']);
  }, 60_000);

  test('the code of a stage type runs its stages, and what reads other bytes of them', async () => {
    const copy = await newProject();
    const top = dirname(dirname(command));
    for (const name of ['dist', 'schemas', 'package.json'])
      cpSync(join(top, name), copy.path(name), { recursive: true });
    symlinkSync(join(top, 'node_modules'), copy.path('node_modules'));
    const program = copy.path('dist/cli.cjs');
    expect(await ran({ project, program })).toEqual([]);
    const digest = /"train-student":"([0-9a-f]{64})"|(?:"train-student"|'train-student'):\s*"([0-9a-f]{64})"/;
    let changed = 0;
    for (const name of readdirSync(copy.path('dist')).filter((each) => /\.c?js$/.test(each))) {
      const text = readFileSync(copy.path(`dist/${name}`), 'utf8');
      const found = digest.exec(text)?.[1];
      if (found === undefined) continue;
      writeFileSync(copy.path(`dist/${name}`), text.replaceAll(found, '0'.repeat(64)));
      changed++;
    }
    expect(changed).toBeGreaterThan(0);
    // The same weights came out, so that measuring is told by content.
    expect(await ran({ project, program })).toEqual(['train']);
    expect(await ran({ project })).toEqual([]);
  }, 60_000);
});
