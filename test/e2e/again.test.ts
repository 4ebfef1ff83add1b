import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { runOnce } from './again-rig.ts';
import { newProject, type Project } from './project.ts';
import { filesIn } from './store-content.ts';
import type { Events } from './tiny-pipeline.ts';

/** Two stages that take milliseconds: one reads a file, the other what that one made. */
const plugin = `
import { readFile } from 'node:fs/promises';
import { defineStageType } from 'distill-pipeline';
import { changed } from './changed.ts';

export const read = defineStageType({
  name: 'read-text',
  description: 'Reads a text.',
  output: 'text',
  determinism: 'bitwise',
  schema: { properties: { file: { type: 'string' }, mark: { type: 'string', default: '!' } }, required: ['file'] },
  keyOptions: ({ mark }) => ({ mark }),
  externalFiles: ({ file }) => [{ name: 'text', path: file, pointer: '/with/file' }],
  async run(context) {
    const text = await readFile(context.resolvePath(context.options.file), 'utf8');
    await context.write('text.txt', Buffer.from(changed(text) + context.options.mark));
    return { metrics: { letters: text.length } };
  },
});

export const measure = defineStageType({
  name: 'measure-text',
  description: 'Measures a text.',
  output: 'length',
  slots: { text: { kind: 'text' } },
  determinism: 'bitwise',
  async run(context) {
    const text = await context.inputs.text.read('text.txt');
    await context.write('length.txt', Buffer.from(String(text.length)));
    return { metrics: { length: text.length } };
  },
});
`;

const files = {
  '.git': '',
  'pipeline.config.yaml': 'plugins: [./stages/text.ts]\n',
  'stages/text.ts': plugin,
  'stages/changed.ts': 'export const changed = (text: string): string => text.toUpperCase();\n',
  'data/text.txt': 'hello\n',
  'params.yaml': 'mark: "."\n',
  'p.yaml': `version: 1
name: text
params: { mark: "!" }
gates: { measure.length: ">= 1" }
stages:
  read: { type: read-text, with: { file: data/text.txt, mark: "\${params.mark}" } }
  measure: { type: measure-text, needs: { text: read } }
`,
};

let project: Project;

beforeEach(async () => {
  project = await newProject();
  await asItWas();
});

/** Every file as above, the store with all that this needs, and the last run one from a snapshot. */
async function asItWas(): Promise<void> {
  for (const name of ['pipeline.config.json', 'other']) rmSync(project.path(name), { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    const path = project.path(file);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) put({ [file]: text });
  }
  for (let attempt = 0; attempt < 5; attempt++) if ((await run()).again) return;
  throw new Error('no run was one from a snapshot');
}

function put(given: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(given)) {
    mkdirSync(dirname(project.path(file)), { recursive: true });
    writeFileSync(project.path(file), text);
  }
}

function run(...args: readonly string[]) {
  return runOnce(project, ...(args.length > 0 ? args : ['p.yaml']));
}

/** What a run tells, but for what differs from run to run. */
function told(events: Events): unknown {
  return events.map((event) => ({ ...event, time: 0, run: '', seconds: 0 }));
}

describe('a run with nothing to do', () => {
  test('tells and records the same from a snapshot as without one', async () => {
    const again = await run();
    expect(again.again).toBe(true);
    const record = await lastRecord();
    const lines = await project.pipeline('run', 'p.yaml');
    rmSync(project.path('artifacts/snapshots'), { recursive: true });
    const ordinary = await run();
    expect(ordinary.again).toBe(false);
    expect(told(again.events)).toEqual(told(ordinary.events));
    const differing = { id: '', started: '', finished: '', seconds: 0, process: {} };
    expect({ ...record, ...differing }).toEqual({ ...(await lastRecord()), ...differing });
    rmSync(project.path('artifacts/snapshots'), { recursive: true });
    const without = await project.pipeline('run', 'p.yaml');
    expect(comparable(lines.stdout)).toBe(comparable(without.stdout));
  }, 60_000);

  test('is asked for by flags and targets, each with a snapshot of its own', async () => {
    const told = await run('p.yaml', '-j', '7');
    expect(told).toMatchObject({ again: true, ran: [] });
    expect(told.events[0]).toMatchObject({ type: 'run-started', jobs: 7 });
    expect((await run('--set', 'mark=x', 'p.yaml')).ran).toEqual(both);
    expect(await run('--set', 'mark=x', 'p.yaml')).toMatchObject({ again: false, ran: [] });
    expect(await run('--set', 'mark=x', 'p.yaml')).toMatchObject({ again: true, ran: [] });
    await run('p.yaml', 'read');
    const target = await run('p.yaml', 'read');
    expect(target.again).toBe(true);
    expect(target.events.filter(({ type }) => type === 'stage-reused')).toHaveLength(1);
    expect(await run()).toMatchObject({ again: true, ran: [] });
    expect((await run('p.yaml', '--force', 'read')).ran).toEqual(['read']);
    const dry = await project.pipeline('run', 'p.yaml', '--dry-run');
    expect(dry.stdout).toContain('2 reused');
    const wrong = await project.pipeline('run', 'p.yaml', 'raed');
    expect({ exitCode: wrong.exitCode, stderr: wrong.stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean "read"?') as unknown,
    });
  }, 60_000);

  test('misses its gates again', async () => {
    await project.edit('p.yaml', '>= 1', '>= 1000');
    expect(await run()).toMatchObject({ again: false, exitCode: 1 });
    expect(await run()).toMatchObject({ again: true, exitCode: 1 });
  }, 60_000);
});

/** Beside the runs' folders lies a file. */
function lastRun(): string {
  const runs = readdirSync(project.path('artifacts/runs')).filter((name) => /^\d/.test(name));
  return runs.sort().at(-1) ?? '';
}

async function lastRecord(): Promise<object> {
  const id = lastRun();
  return JSON.parse(await project.read(`artifacts/runs/${id}/run.json`)) as object;
}

function comparable(output: string): string {
  return output.replaceAll(/\d{8}-\d{6}-\w{5}/g, 'RUN').replaceAll(/in \d[\d.]* m?s/g, 'in a moment');
}

const both = ['read', 'measure'];

/** Each is a change after a run from a snapshot, and what must run then. Nothing of it may be reused because of the snapshot. */
const changes: readonly { change: string; make: () => void | Promise<void>; runs: readonly string[]; again?: true }[] =
  [
    { change: 'none', make: () => undefined, runs: [], again: true },
    {
      change: 'an input of the same size, its time set back',
      make: () => {
        const { atime, mtime } = statSync(project.path('data/text.txt'));
        put({ 'data/text.txt': 'jello\n' });
        utimesSync(project.path('data/text.txt'), atime, mtime);
      },
      runs: both,
    },
    {
      change: 'an input that was touched',
      make: () => {
        utimesSync(project.path('data/text.txt'), 1e9, 1e9);
      },
      runs: [],
    },
    {
      change: 'an object that was deleted',
      make: () => {
        rmSync(objectOf('measure'));
      },
      runs: ['measure'],
    },
    {
      change: 'an object that was cut',
      make: () => {
        truncateSync(objectOf('measure'), 0);
      },
      runs: ['measure'],
    },
    {
      change: 'a record that was deleted',
      make: () => {
        rmSync(project.path(`artifacts/keys/${fanned(keyOf('read'))}.json`));
      },
      runs: ['read'],
    },
    {
      change: 'a record with a flipped bit',
      make: () => {
        const path = project.path(`artifacts/keys/${fanned(keyOf('read'))}.json`);
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
        rmSync(path);
        writeFileSync(path, bytes);
      },
      runs: ['read'],
    },
    { change: 'a comment', make: () => project.edit('p.yaml', 'gates:', '# a comment\ngates:'), runs: [] },
    { change: 'an option', make: () => project.edit('p.yaml', '{ mark: "!" }', '{ mark: "?" }'), runs: both },
    {
      change: 'a helper of the plugin',
      make: () => {
        put({ 'stages/changed.ts': 'export const changed = (text: string): string => text.toLowerCase();\n' });
      },
      runs: both,
    },
    {
      change: 'another store in the project file',
      make: () => {
        put({ 'pipeline.config.yaml': 'plugins: [./stages/text.ts]\nstore: { folder: other }\n' });
      },
      runs: both,
    },
    {
      change: 'a project file of higher precedence',
      make: () => {
        put({ 'pipeline.config.json': '{ "plugins": ["./stages/text.ts"], "store": "other" }' });
        rmSync(project.path('pipeline.config.yaml'));
      },
      runs: both,
    },
    {
      change: 'a snapshot with a flipped bit',
      make: () => {
        const folder = project.path('artifacts/snapshots');
        for (const name of readdirSync(folder)) {
          const text = readFileSync(`${folder}/${name}`, 'utf8');
          writeFileSync(`${folder}/${name}`, text.replace('"letters":6', '"letters":7'));
        }
      },
      runs: [],
    },
    {
      change: 'all of the store but the snapshots',
      make: () => {
        for (const name of ['keys', 'objects']) rmSync(project.path(`artifacts/${name}`), { recursive: true });
      },
      runs: both,
    },
  ];

test('a change runs what it has to, whatever the snapshot says', async () => {
  const seen = [];
  for (const { change, make } of changes) {
    await make();
    const { ran, again, events } = await run();
    seen.push({ change, runs: ran, again, letters: lettersIn(events) });
    await asItWas();
  }
  expect(seen).toEqual(changes.map(({ change, runs, again = false }) => ({ change, runs, again, letters: 6 })));
}, 120_000);

test('with a nearer project file, its paths are that one’s', async () => {
  put({ 'sub/p.yaml': files['p.yaml'], 'sub/data/text.txt': 'another text\n' });
  expect((await run('sub/p.yaml')).ran).toEqual([]);
  await sleep(30);
  await run('sub/p.yaml');
  expect((await run('sub/p.yaml')).again).toBe(true);
  put({ 'sub/pipeline.config.yaml': 'plugins: [../stages/text.ts]\nstore: ../artifacts\n' });
  expect((await run('sub/p.yaml')).ran).toEqual(both);
}, 60_000);

test('with another params file, runs what that one changes', async () => {
  expect((await run('p.yaml', '--params', 'params.yaml')).ran).toEqual(both);
  await run('p.yaml', '--params', 'params.yaml');
  expect((await run('p.yaml', '--params', 'params.yaml')).again).toBe(true);
  put({ 'params.yaml': 'mark: ";"\n' });
  expect((await run('p.yaml', '--params', 'params.yaml')).ran).toEqual(both);
}, 60_000);

test('of a store with a newer format, says so', async () => {
  put({ 'artifacts/store.json': '{"format":99}\n' });
  const { exitCode, stderr } = await project.pipeline('run', 'p.yaml');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('has format 99') as unknown });
});

test('with the project elsewhere, runs nothing', async () => {
  const moved = await newProject();
  for (const name of readdirSync(project.folder)) renameSync(project.path(name), moved.path(name));
  project = moved;
  expect(await run()).toMatchObject({ ran: [], again: false });
  expect(filesIn(project.path('artifacts/snapshots')).join(' ')).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}$/);
});

function lettersIn(events: Events): unknown {
  const read = events.find(({ stage, metrics }) => stage === 'read' && metrics !== undefined);
  return (read?.['metrics'] as { letters?: unknown } | undefined)?.letters;
}

interface RecordedStage {
  readonly id: string;
  readonly key: string;
  readonly artifact: { readonly files: readonly { readonly digest: string }[] };
}

function recorded(stage: string): RecordedStage {
  const id = lastRun();
  const text = readFileSync(project.path(`artifacts/runs/${id}/run.json`), 'utf8');
  const found = (JSON.parse(text) as { stages: readonly RecordedStage[] }).stages.find((each) => each.id === stage);
  if (found === undefined) throw new Error(`the run has no stage ${stage}`);
  return found;
}

function keyOf(stage: string): string {
  return recorded(stage).key;
}

function objectOf(stage: string): string {
  return project.path(`artifacts/objects/${fanned(recorded(stage).artifact.files[0]?.digest ?? '')}`);
}

function fanned(digest: string): string {
  return `${digest.slice(0, 2)}/${digest.slice(2)}`;
}
