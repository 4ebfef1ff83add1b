import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { newProject, type Project } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

/** `PIPELINE_TEST_MUTATIONS=10000` for a long look: a fiftieth of them here, since each is a process of its own. */
const MUTATIONS = Math.ceil(Number(process.env['PIPELINE_TEST_MUTATIONS'] ?? 1000) / 50);

type Told = Awaited<ReturnType<Project['pipeline']>>;

/** Ended in time, with a code that says whose mistake it is, and in words. */
function expectWords({ exitCode, stdout, stderr }: Told, what = ''): void {
  expect({ what, exitCode: exitCode === undefined ? 'killed' : [0, 1, 2].includes(exitCode) || exitCode }).toEqual({
    what,
    exitCode: true,
  });
  expect(stdout + stderr).not.toMatch(/^\s+at .*\.(c|m)?[jt]s:\d+|mistake in pipeline itself/m);
  // eslint-disable-next-line no-control-regex -- nothing that a file holds reaches the terminal as it is
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]/);
}

/** In the place of a file, things that never end, cannot be read, or are no text. */
const oddities: readonly (readonly [string, (path: string) => void])[] = [
  ['a named pipe', (path) => execFileSync('mkfifo', [path])],
  [
    'a link to a device without an end',
    (path) => {
      symlinkSync('/dev/zero', path);
    },
  ],
  [
    'a link to the memory of the process',
    (path) => {
      symlinkSync('/proc/self/mem', path);
    },
  ],
  [
    'a link to itself',
    (path) => {
      symlinkSync(path, path);
    },
  ],
  [
    'a link to nothing',
    (path) => {
      symlinkSync('nowhere', path);
    },
  ],
  [
    'a folder',
    (path) => {
      mkdirSync(path);
    },
  ],
  [
    'a file of 2 GB',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 2e9);
    },
  ],
  [
    '100,000 brackets',
    (path) => {
      writeFileSync(path, `a: ${'['.repeat(100_000)}`);
    },
  ],
];

const plugins = (name: string): string => `plugins: [${name}]\n`;
const idx = (path: string): string =>
  `version: 1\nname: p\nstages:\n  load:\n    type: load-data\n    with:\n      dataset: idx\n      files: { trainImages: ${path}, trainLabels: ${path}, testImages: ${path}, testLabels: ${path} }\n`;

test.each(oddities)(
  '%s in the place of any file is told in words, and soon',
  async (_what, make) => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'idx.yaml': idx('odd') });
    const odd = project.path('odd');
    make(odd);
    for (const args of [
      ['validate', 'odd'],
      ['plan', 'tiny.yaml', '--params', 'odd'],
    ]) {
      const told = await project.pipeline(...args);
      expectWords(told);
      expect([args, told.exitCode]).toEqual([args, 2]);
      expect(told.stderr).toContain('odd');
    }
    expectWords(await project.pipeline('validate', 'idx.yaml'));
    await project.write('pipeline.config.yaml', plugins('./odd'));
    expectWords(await project.pipeline('validate', 'tiny.yaml'));
    rmSync(project.path('pipeline.config.yaml'));
    make(project.path('pipeline.config.yaml'));
    expectWords(await project.pipeline('plan', 'tiny.yaml'));
  },
  60_000,
);

test('a stage’s own files: a pipe, a device or a folder blocks it, and a path may lead anywhere a person may read', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  execFileSync('mkfifo', [project.path('pipe')]);
  symlinkSync('loop', project.path('loop'));
  for (const path of ['pipe', 'loop', '/dev/zero', '.', '"a\\0b"', `"${'x'.repeat(5000)}"`, '"\\n"', '../nowhere']) {
    await project.write('p.yaml', idx(path));
    const told = await project.pipeline('plan', 'p.yaml');
    expectWords(told, path);
    expect([path, told.exitCode]).toEqual([path, 1]);
  }
  await project.write('p.yaml', idx('../../../../../../../../etc/passwd'));
  const told = await project.pipeline('run', 'p.yaml');
  expectWords(told);
  expect(told).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('is no IDX file') as unknown });
  expect(told.stdout).not.toContain('root:');
}, 60_000);

test('a pipeline that is a link is run as the file that it leads to', async () => {
  const project = await newProject();
  mkdirSync(project.path('real'));
  await project.write('real/tiny.yaml', tinyPipeline);
  symlinkSync('real/tiny.yaml', project.path('link.yaml'));
  expect((await project.pipeline('run', 'link.yaml', 'load-data')).exitCode).toBe(0);
  expect(existsSync(project.path('artifacts'))).toBe(true);
}, 60_000);

test.each(['/dev/null', '/proc', '"a\\0b"', `"${'x'.repeat(300)}"`])(
  'a store at %s is refused in words',
  async (store) => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'pipeline.config.yaml': `store: ${store}\n` });
    for (const args of [['run', 'tiny.yaml', 'load-data'], ['gc', '--dry-run'], ['verify'], ['runs']]) {
      expectWords(await project.pipeline(...args), args.join(' '));
    }
  },
  60_000,
);

test('nothing in a folder is executed by reading a pipeline', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'pipeline.config.yaml': 'jobs: 1\n' });
  mkdirSync(project.path('.config'));
  const evil = `require('node:fs').writeFileSync(${JSON.stringify(project.path('executed'))}, '');`;
  for (const name of [
    '.config/config.js',
    '.config/pipelinerc.js',
    'pipeline.config.js',
    '.pipelinerc.cjs',
    'index.js',
  ])
    await project.write(name, evil);
  await project.write('package.json', '{ broken');
  expect((await project.pipeline('validate', 'tiny.yaml')).exitCode).toBe(0);
  expect(existsSync(project.path('executed'))).toBe(false);
});

/** Names that every object of JavaScript has, and such as lead out of a folder. */
const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../x',
  '/etc/passwd',
  '',
  '\u202e',
  'x'.repeat(5000),
];

test('odd names on the command line are told in words', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  await project.pipeline('run', 'tiny.yaml', 'load-data');
  const calls = (name: string): readonly (readonly string[])[] => [
    ['run', 'tiny.yaml', name, '--dry-run'],
    ['why', 'tiny.yaml', name],
    ['logs', 'latest', name],
    ['logs', name, 'load-data'],
    ['get', 'latest', name, '-o', 'out'],
    ['get', 'latest', 'load-data', '-o', `tiny.yaml/x${name.replaceAll('/', '')}`],
    ['runs', 'pin', 'latest', '--name', `-${name}`],
    ['stages', name],
    ['schema', name],
    ['plan', 'tiny.yaml', '--set', `${name}=1`],
    ['plan', 'tiny.yaml', '--set', `temperature={ "${name}": 1 }`],
  ];
  // Each call of one name, each name of one call: all of both would take a minute.
  const some = names.flatMap((name, index) => calls(name).filter((_, call) => (call + index) % names.length < 2));
  for (const args of some) {
    const told = await project.pipeline(...args);
    expectWords(told, args.join(' ').slice(0, 80));
    expect([args, told.exitCode]).not.toEqual([args, 0]);
  }
}, 120_000);

test('odd names in a pipeline that is run: slots, params, gates', async () => {
  const pipeline = `${tinyPipeline
    .replace('  seed: 42\n', '  seed: 42\n  toString: 1\n  hasOwnProperty: { valueOf: 2 }\n')
    .replace('baseline: train-baseline }', 'toString: tostring, valueOf: tostring }')
    .replace(
      '  train-baseline:\n',
      '  tostring:\n',
    )}gates:\n  evaluate.toString.validation.accuracy: ">= 0"\n  evaluate.valueOf.constructor.name: "> 0"\n`;
  const project = await newProject({ 'tiny.yaml': pipeline });
  const told = await project.pipeline('run', 'tiny.yaml');
  expectWords(told);
  expect(told.stdout).toMatch(/^gate evaluate\.toString\.validation\.accuracy >= 0: [\d.]+%, passed$/m);
  expect(told.stdout).toMatch(/^gate evaluate\.valueOf\.constructor\.name > 0: no value, missed$/m);
  expect(told.exitCode).toBe(1);
  expect((await project.pipeline('run', 'tiny.yaml')).exitCode).toBe(1);
  expectWords(await project.pipeline('metrics'));
  expectWords(await project.pipeline('why', 'tiny.yaml', 'tostring'));
}, 60_000);

test('however definition, params and project file are mutated, the built command ends in words', async () => {
  const project = await newProject();
  const piece = fc.oneof(
    fc.constantFrom(
      '\0',
      '\u001b[2J',
      '\u202e',
      '${',
      '${params.seed}',
      '&a ',
      '*a',
      '<<: ',
      '? ',
      '- ',
      ': ',
      '!!js/function ',
      '[',
      '{',
      '"',
      "'",
      '|\n',
      '\t',
      '\n',
      '../',
      '\r',
      '---\n',
      '%',
      '__proto__: ',
      '\ud800',
    ),
    fc.string({ maxLength: 6 }),
  );
  const mutate = (text: string) =>
    fc
      .array(fc.tuple(fc.nat(text.length), fc.nat(20), piece), { minLength: 1, maxLength: 4 })
      .map((cuts) => cuts.reduce((all, [at, cut, more]) => all.slice(0, at) + more + all.slice(at + cut), text));
  await fc.assert(
    fc.asyncProperty(
      mutate(tinyPipeline),
      mutate('seed: 1\ntemperature: 3\n'),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('jobs: 1\n') },
        { weight: 1, arbitrary: mutate('store: artifacts\njobs: 1\nbackend: wasm\n') },
      ),
      fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
      fc.constantFrom('validate', 'plan', 'graph', 'run --dry-run', 'why'),
      async (pipeline, params, settings, more, command) => {
        await project.write('p.yaml', pipeline);
        await project.write('params.yaml', params + (Object.keys(more).length > 0 ? stringify(more) : ''));
        await project.write('pipeline.config.yaml', settings);
        const stage = command === 'why' ? ['train-student'] : [];
        const [name = '', ...flags] = command.split(' ');
        const told = await project.pipeline(name, 'p.yaml', ...stage, ...flags, '--params', 'params.yaml');
        expectWords(told);
        if (told.exitCode === 2) expect(told.stderr).toMatch(/^error\[[a-z-]+\]: /m);
      },
    ),
    { numRuns: MUTATIONS },
  );
}, 3_600_000);
