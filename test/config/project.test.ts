import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readProject } from '../../src/config/project.ts';
import { inFolder, rendered } from './read-rig.ts';

async function settingsOf(files: Readonly<Record<string, string>>, from = '.') {
  return inFolder({ '.git/HEAD': '', ...files }, async (folder) => {
    const { project, problems } = await readProject(join(folder, from), folder);
    expect(rendered(problems)).toBe('');
    const inside = (path: string | undefined) => path?.replace(folder, '');
    return { ...project, folder: inside(project?.folder), store: inside(project?.store), file: inside(project?.file) };
  });
}

async function problemsOf(files: Readonly<Record<string, string>>): Promise<string> {
  return inFolder({ '.git/HEAD': '', ...files }, async (folder) => {
    const { project, problems } = await readProject(folder, folder);
    expect(project).toBeUndefined();
    return rendered(problems);
  });
}

describe('the project of a folder', () => {
  test('without a project file is the nearest folder with package.json or .git, with defaults', async () => {
    const settings = await settingsOf({ 'package.json': '{}', 'pipelines/deep/p.yaml': '' }, 'pipelines/deep');
    expect(settings).toMatchObject({ folder: '', store: '/artifacts', backend: 'wasm', file: undefined });
    expect(settings.jobs).toBeGreaterThanOrEqual(1);
    expect(settings.jobs).toBeLessThanOrEqual(2);
    expect(await settingsOf({ 'sub/package.json': '{}', 'sub/a/p.yaml': '' }, 'sub/a')).toMatchObject({
      folder: '/sub',
    });
  });

  test.each([
    ['pipeline.config.yaml', 'store: kept\njobs: 3\nbackend: auto\n'],
    ['pipeline.config.yml', 'store: kept\njobs: 3\nbackend: auto\n'],
    ['pipeline.config.json', '{ "store": "kept", "jobs": 3, "backend": "auto" }'],
    ['.pipelinerc', 'store: kept\njobs: 3\nbackend: auto\n'],
    ['.pipelinerc.json', '{ "store": "kept", "jobs": 3, "backend": "auto" }'],
    ['.pipelinerc.yaml', 'store: kept\njobs: 3\nbackend: auto\n'],
    ['package.json', '{\n\t"name": "x",\n\t"pipeline": { "store": "kept", "jobs": 3, "backend": "auto" }\n}'],
  ])('is what %s says, found from a folder below', async (name, text) => {
    expect(await settingsOf({ [name]: text, 'a/b/p.yaml': '' }, 'a/b')).toEqual({
      folder: '',
      file: `/${name}`,
      store: '/kept',
      storeLimit: 20 * 2 ** 30,
      jobs: 3,
      backend: 'auto',
      temporal: { prefix: 'distill-pipeline', heartbeatTimeout: 30_000 },
    });
  });

  test.each([
    ['store: { folder: kept, limit: 1.5 GiB }', '/kept', 1.5 * 2 ** 30],
    ['store: { folder: kept }', '/kept', 20 * 2 ** 30],
    ['store: { limit: 500MB }', '/artifacts', 500e6],
    ['store: {}', '/artifacts', 20 * 2 ** 30],
  ])('has the store that %s says', async (text, store, storeLimit) => {
    expect(await settingsOf({ 'pipeline.config.yaml': text })).toMatchObject({ store, storeLimit });
  });

  test.each([
    [
      'remote: { s3: { bucket: my-artifacts, prefix: a/b, endpoint: "http://127.0.0.1:9000" } }',
      {
        kind: 's3',
        s3: { bucket: 'my-artifacts', prefix: 'a/b', endpoint: 'http://127.0.0.1:9000', timeout: 30_000 },
        access: 'read-write',
      },
    ],
    [
      'remote: { s3: { bucket: my-artifacts, timeout: 2m, forcePathStyle: false }, access: read }',
      { kind: 's3', s3: { bucket: 'my-artifacts', timeout: 120_000, forcePathStyle: false }, access: 'read' },
    ],
    ['remote: { folder: /mnt/shared }', { kind: 'folder', folder: '/mnt/shared', access: 'read-write' }],
    ['jobs: 1', undefined],
  ])('has the remote that %s says', async (text, remote) => {
    expect((await settingsOf({ 'pipeline.config.yaml': text })).remote).toEqual(remote);
  });

  test('has the cluster that temporal says', async () => {
    const text = 'temporal: { address: "here:7233", namespace: ours, prefix: distil, heartbeatTimeout: 1m }';
    expect((await settingsOf({ 'pipeline.config.yaml': text })).temporal).toEqual({
      address: 'here:7233',
      namespace: 'ours',
      prefix: 'distil',
      heartbeatTimeout: 60_000,
    });
  });

  test('is not in a package.json without the key, nor beyond the repository', async () => {
    const files = {
      'pipeline.config.yaml': 'jobs: 7',
      'repo/.git/HEAD': '',
      'repo/package.json': '{"keywords": ["pipeline"]}',
    };
    const settings = await settingsOf({ ...files, 'repo/p/p.yaml': '' }, 'repo/p');
    expect(settings).toMatchObject({ folder: '/repo', file: undefined });
    expect(settings.jobs).not.toBe(7);
  });
});

describe('a project file', () => {
  test('with problems shows them in it', async () => {
    expect(await problemsOf({ 'pipeline.config.yaml': 'stor: x\njobs: none\nbackend: wsm\n' })).toBe(
      `error[unknown-key]: unknown key "stor" in the project file
  --> pipeline.config.yaml:1:1
   |
 1 | stor: x
   | ^^^^
   = did you mean "store"?
     keys here: store, remote, temporal, backend, jobs, resources, plugins

error[wrong-value]: "backend": expected "wasm", "native" or "auto", found the string "wsm"
  --> pipeline.config.yaml:3:10
   |
 3 | backend: wsm
   |          ^^^
   = did you mean "wasm"?

error[wrong-type]: "jobs": expected an integer from 1 to 1024, found the string "none"
  --> pipeline.config.yaml:2:7
   |
 2 | jobs: none
   |       ^^^^
`,
    );
  });

  test.each(['store: { limit: much }', 'store: { limit: -1GiB }', 'store: { size: 1GiB }', 'store: 5'])(
    'that says %s is refused',
    async (text) => {
      expect(await problemsOf({ 'pipeline.config.yaml': text })).toMatch(
        /^error\[(wrong-value|wrong-type|unknown-key)\]/,
      );
    },
  );

  test.each([
    ['remote: s3', 'expected a mapping'],
    ['remote: { s3: {} }', 'the key "bucket" is missing'],
    ['remote: { s3: { bucket: a/b } }', 'expected the name of a bucket'],
    ['remote: { s3: { bucket: abc }, folder: x }', 'expected either "s3" or "folder", found both'],
    ['remote: { s3: { bucket: abc, secretAccessKey: x } }', 'unknown key "secretAccessKey"'],
    ['remote: { s3: { bucket: abc, endpoint: "https://me:secret@host" } }', 'without credentials'],
    ['remote: { s3: { bucket: abc, endpoint: host:9000 } }', 'an address like'],
    ['remote: { folder: x, access: write }', 'expected "read-write" or "read"'],
    ['remote: { access: read }', 'expected either "s3" or "folder", found neither'],
    ['temporal: { address: temporal.example.org }', 'expected an address like temporal.example.org:7233'],
    ['temporal: { address: "https://temporal.example.org:7233" }', 'expected an address like'],
    ['temporal: { heartbeatTimeout: soon }', 'expected a duration like 30s'],
    ['temporal: { prefix: a/b }', 'expected a prefix of letters'],
    ['temporal: { namespace: "" }', 'expected the name of a namespace'],
    ['temporal: { apiKey: x }', 'unknown key "apiKey"'],
  ])('that says %s is refused', async (text, words) => {
    expect(await problemsOf({ 'pipeline.config.yaml': text })).toContain(words);
  });

  test('in package.json shows them there', async () => {
    const shown = await problemsOf({ 'package.json': '{\n  "name": "x",\n  "pipeline": { "jobs": 0 }\n}\n' });
    expect(shown).toContain('--> package.json:3:25');
    expect(shown).toContain('"jobs": expected an integer from 1 to 1024, found the number 0');
  });

  test('that names plugins gives each once, with its place, and loads nothing', async () => {
    const files = { 'pipeline.config.yaml': 'plugins: [./evil.js, pack, pack]\n', 'evil.js': 'process.exit(3)' };
    const { plugins = [] } = await settingsOf(files);
    expect(plugins.map(({ name, where }) => [name, where.source.text.slice(where.start, where.end)])).toEqual([
      ['./evil.js', './evil.js'],
      ['pack', 'pack'],
    ]);
    expect(await problemsOf({ 'pipeline.config.yaml': 'plugins: ./evil.js\n' })).toContain(
      '"plugins": expected a list, found the string "./evil.js"',
    );
  });

  test('that is not YAML, or not a mapping, or twice the same key, is refused', async () => {
    expect(await problemsOf({ '.pipelinerc': 'store: "x\n' })).toContain('this " is never closed');
    expect(await problemsOf({ '.pipelinerc': '- store\n' })).toContain(
      'the project file: expected a mapping, found a list of 1',
    );
    expect(await problemsOf({ '.pipelinerc': 'jobs: 1\njobs: 2\n' })).toContain('stands here a second time');
  });

  test('that is blank, or a folder, gives way to the next, and one that cannot be read does not', async () => {
    const others = { '.pipelinerc': 'jobs: 2\n', 'package.json': '{ "pipeline": { "jobs": 3 } }' };
    expect(await settingsOf({ ...others, 'pipeline.config.yaml': ' \n' })).toMatchObject({ file: '/.pipelinerc' });
    expect(await settingsOf({ ...others, 'pipeline.config.yaml/x': '' })).toMatchObject({ file: '/.pipelinerc' });
    expect(await settingsOf({ ...others, '.pipelinerc': '' })).toMatchObject({ file: '/package.json', jobs: 3 });
    expect(await problemsOf({ ...others, 'pipeline.config.yaml': 'x'.repeat(17_000_000) })).toMatch(
      /^error\[file-too-large\]/,
    );
  });

  test('in JavaScript is not one', async () => {
    const files = { 'pipeline.config.js': 'process.exit(3)', '.pipelinerc.js': 'process.exit(3)' };
    expect(await settingsOf(files)).toMatchObject({ file: undefined });
  });
});
