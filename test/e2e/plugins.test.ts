import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { until } from './processes.ts';
import { newProject, type Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

/** A plugin of two stage types: one writes a text, the other counts its letters. */
const letters = `
import { defineStageType, StageFailure } from 'distill-pipeline';
import { count } from './count.ts';

export const write = defineStageType({
  name: 'write-text',
  description: 'Writes a text.',
  output: 'text',
  determinism: 'bitwise',
  schema: { properties: { text: { type: 'string', default: 'hello' }, times: { type: 'integer', minimum: 1, default: 1 } } },
  async run(context) {
    await context.write('text.txt', new TextEncoder().encode(context.options.text.repeat(context.options.times)));
    return { metrics: {} };
  },
});

export const letters = defineStageType({
  name: 'count-letters',
  description: 'Counts the letters of a text.',
  output: 'letters',
  slots: { text: { kind: 'text' } },
  determinism: 'bitwise',
  async run(context) {
    const text = new TextDecoder().decode(await context.inputs.text.read('text.txt'));
    if (text === '') throw new StageFailure('bad-option', 'no letter is left', { hint: 'write some', pointer: '/needs/text' });
    return { metrics: { letters: count(text) } };
  },
});
`;

const pipeline = `version: 1
name: letters
stages:
  write:
    type: write-text
  count:
    type: count-letters
    needs: { text: write }
`;

const files = {
  'pipeline.config.yaml': 'plugins: [./stages/letters.ts]\n',
  'p.yaml': pipeline,
  'stages/letters.ts': letters,
  'stages/count.ts': 'export const count = (text: string): number => text.length;\n',
};

function put(project: Project, given: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(given)) {
    mkdirSync(dirname(project.path(file)), { recursive: true });
    writeFileSync(project.path(file), text);
  }
}

async function projectOf(given: Readonly<Record<string, string>>): Promise<Project> {
  const project = await newProject();
  put(project, { '.git': '', ...given });
  return project;
}

/** Runs it, which must succeed. @returns what ran, and the metrics of each stage that has some */
async function run(project: Project, file = 'p.yaml', ...args: string[]) {
  const { stdout, stderr, exitCode } = await project.pipeline('run', file, '--json', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  const metrics = events.flatMap((event) => ('metrics' in event ? [[event.stage, event['metrics']]] : []));
  return {
    ran: events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => stage),
    metrics: Object.fromEntries(metrics) as Record<string, unknown>,
  };
}

describe('the example', () => {
  test('runs where the program is not installed, and what its code is made of is in its key', async () => {
    const project = await newProject();
    const example = join(import.meta.dirname, '../../examples/plugin-confusion-matrix');
    cpSync(example, project.folder, {
      recursive: true,
      filter: (path) => !path.startsWith(join(example, 'artifacts')),
    });
    const first = await run(project, 'confusion.yaml');
    expect(first.ran).toEqual(['load-data', 'train-student', 'evaluate', 'confusion']);
    expect(first.metrics['confusion']).toMatchObject({ most: { count: expect.any(Number) as unknown } });
    expect((await run(project, 'confusion.yaml')).ran).toEqual([]);
    await project.pipeline('get', 'latest', 'confusion', '-o', 'out');
    const csv = await project.read('out/confusion.csv');
    expect(csv.split('\n')[0]).toBe('true,0,1,2,3,4,5,6,7,8,9');
    const counts = csv
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(',').slice(1).map(Number));
    expect(counts.reduce((a, b) => a + b)).toBe(200);

    await project.edit('stages/csv.ts', '/** A table', '// A comment.\n/** Another table');
    expect((await run(project, 'confusion.yaml')).ran).toEqual([]);
    await project.edit('stages/csv.ts', "join(',')", "join(';')");
    expect((await project.pipeline('plan', 'confusion.yaml')).stdout).toMatch(/^confusion +run +.*code/m);
    expect((await run(project, 'confusion.yaml')).ran).toEqual(['confusion']);
    await project.edit('stages/csv.ts', "join(';')", "join(',')");
    expect((await run(project, 'confusion.yaml')).ran).toEqual([]);
    expect((await run(project, 'confusion.yaml', '--set', 'normalize=true')).ran).toEqual(['confusion']);

    const again = await project.pipeline('run', 'confusion.yaml', '--force', 'confusion');
    expect(again.exitCode).toBe(0);
    expect(again.stdout).not.toContain('it made other content');
    const failed = await project.pipeline('run', 'confusion.yaml', '--set', 'normalize=maybe');
    expect(failed.stderr).toContain('"normalize": expected true or false, found the string "maybe"');
  }, 120_000);
});

describe('a plugin', () => {
  test('brings its stage types to every command', async () => {
    const project = await projectOf(files);
    expect((await project.pipeline('validate', 'p.yaml')).stdout).toBe('p.yaml: 2 stages, no problems');
    expect((await run(project)).metrics['count']).toEqual({ letters: 5 });
    expect((await project.pipeline('stages')).stdout).toMatch(/^count-letters +text +letters +Counts the letters/m);
    const one = JSON.parse((await project.pipeline('stages', 'write-text', '--json')).stdout) as object;
    expect(one).toMatchObject({ name: 'write-text', plugin: './stages/letters.ts', schema: { type: 'object' } });
    expect((await project.pipeline('schema')).stdout.split('\n')).toContain('stages/write-text');
    const editor = (await project.pipeline('schema', 'editor/pipeline')).stdout;
    expect((JSON.parse(editor) as { definitions: object }).definitions).toHaveProperty(['stages.write-text']);
    expect((await project.pipeline('graph', 'p.yaml')).stdout).toContain('count-letters');
  }, 60_000);

  test('has its options checked as those of built-in types are, and its kinds', async () => {
    const project = await projectOf({
      ...files,
      'p.yaml': pipeline.replace('type: write-text', 'type: write-text\n    with: { txt: a, times: 0 }'),
    });
    const wrong = await project.pipeline('validate', 'p.yaml');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('unknown key "txt" in the options of write-text');
    expect(wrong.stderr).toContain('did you mean "text"?');
    expect(wrong.stderr).toContain('"times": expected an integer >= 1, found the number 0');
    expect(wrong.stderr).toContain('p.yaml:6:');
    await project.write('p.yaml', `${pipeline}  measure:\n    type: evaluate\n    needs: { data: count }\n`);
    expect((await project.pipeline('validate', 'p.yaml')).stderr).toContain('wrong-slot-kind');
    await project.write('p.yaml', pipeline.replace('count-letters', 'count-leters'));
    expect((await project.pipeline('validate', 'p.yaml')).stderr).toContain('did you mean "count-letters"?');
  }, 60_000);

  test('fails as a stage does: with its words, its place, and its own lines in the log', async () => {
    const project = await projectOf({
      ...files,
      'p.yaml': pipeline.replace('type: write-text', 'type: write-text\n    with: { text: "" }'),
    });
    const { exitCode, stdout } = await project.pipeline('run', 'p.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('count: failed: p.yaml:9:20: no letter is left');
    await project.edit('stages/count.ts', 'text.length', '(text as unknown as number[][])[99]![0]!');
    await project.write('p.yaml', pipeline);
    const thrown = await project.pipeline('run', 'p.yaml');
    expect(thrown.exitCode).toBe(1);
    const id = /^run (\S+):/.exec(thrown.stdout)?.[1] ?? '';
    expect((await project.pipeline('logs', id, 'count')).stdout).toContain('stages/count.ts:1:');
  }, 60_000);

  test('is not built again where nothing has changed, and is where anything has', async () => {
    const project = await projectOf(files);
    const built = (): number => {
      const [folder = ''] = readdirSync(project.path('artifacts/plugins'));
      return statSync(project.path(`artifacts/plugins/${folder}/manifest.json`)).mtimeMs;
    };
    // Old enough for their times to be believed.
    await sleep(50);
    await run(project);
    const first = built();
    await run(project);
    await project.pipeline('validate', 'p.yaml');
    expect(built()).toBe(first);
    const changes: Readonly<Record<string, string>>[] = [
      { 'stages/count.ts': '// a comment\nexport const count = (text: string): number => text.length;\n' },
      { 'package.json': '{ "type": "commonjs" }' },
      { 'stages/count.js': 'export const count = 1;' },
    ];
    let last = first;
    for (const change of changes) {
      put(project, change);
      await sleep(50);
      expect((await run(project)).ran).toEqual([]);
      expect(built()).toBeGreaterThan(last);
      last = built();
    }
    const moved = await newProject();
    for (const name of readdirSync(project.folder)) renameSync(project.path(name), moved.path(name));
    expect((await run(moved)).ran).toEqual([]);
  }, 60_000);

  test('in a read-only project is built all the same', async () => {
    const project = await projectOf({ ...files, artifacts: 'a file where the store should be' });
    expect((await project.pipeline('validate', 'p.yaml')).stdout).toBe('p.yaml: 2 stages, no problems');
  });
});

describe('what a plugin imports', () => {
  const greeting = {
    'node_modules/greeting/package.json': '{ "name": "greeting", "version": "1.0.0", "main": "./index.js" }',
    'node_modules/greeting/index.js':
      "const { readFileSync } = require('fs');\nmodule.exports.greet = () => readFileSync(__dirname + '/greeting.txt', 'utf8') + require('./mark');",
    'node_modules/greeting/mark.js': "module.exports = '!';",
    'node_modules/greeting/greeting.txt': 'good day',
  };
  const greeter = `
    import { greet } from 'greeting';
    import { readFileSync } from 'node:fs';
    import { defineStageType } from 'distill-pipeline';
    export default defineStageType({
      name: 'greet', description: 'Greets.', output: 'text', determinism: 'bitwise',
      run: async () => ({ metrics: { said: greet(), beside: readFileSync(new URL('./beside.txt', import.meta.url), 'utf8') } }),
    });`;
  const pipelineOf = (type: string) => `version: 1\nname: p\nstages:\n  s: { type: ${type} }\n`;

  test('a package runs where it lies, and its code and version count; so do files beside the plugin', async () => {
    const project = await projectOf({
      ...greeting,
      'pipeline.config.yaml': 'plugins: [./stages/greet.ts]',
      'stages/greet.ts': greeter,
      'stages/beside.txt': 'beside',
      'p.yaml': pipelineOf('greet'),
    });
    expect(await run(project)).toEqual({ ran: ['s'], metrics: { s: { said: 'good day!', beside: 'beside' } } });
    put(project, { 'node_modules/greeting/mark.js': "// a comment\nmodule.exports = '!';" });
    expect((await run(project)).ran).toEqual([]);
    put(project, { 'node_modules/greeting/mark.js': "module.exports = '?';" });
    expect((await run(project)).ran).toEqual(['s']);
    await project.edit('node_modules/greeting/package.json', '1.0.0', '1.0.1');
    expect((await run(project)).ran).toEqual(['s']);
    put(project, { 'node_modules/other/index.js': '' });
    expect((await run(project)).ran).toEqual([]);
  }, 60_000);

  test('a package that is edited between planning and the end of a stage: no result is kept, and the next run is right', async () => {
    const project = await projectOf({
      ...greeting,
      'pipeline.config.yaml': 'plugins: [./greet.ts]',
      'greet.ts': `import { existsSync } from 'node:fs';
        import { defineStageType } from 'distill-pipeline';
        export default defineStageType({
          name: 'greet', description: 'Greets.', output: 'text', determinism: 'bitwise',
          async run({ resolvePath }) {
            while (!existsSync(resolvePath('go'))) await new Promise((resolve) => setTimeout(resolve, 20));
            return { metrics: { said: (await import('greeting')).default.greet() } };
          },
        });`,
      'p.yaml': pipelineOf('greet'),
    });
    const first = project.start('run', 'p.yaml', '--json');
    let text = '';
    first.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const closed = once(first, 'close');
    await until(() => text.includes('"stage-started"'), 'the stage runs');
    put(project, { 'node_modules/greeting/mark.js': "module.exports = '?';", go: '' });
    await closed;
    expect(first.exitCode).toBe(1);
    expect(text).toMatch(/"input-changed","message":"[^"]*greeting\/mark\.js changed/);
    expect(await run(project)).toEqual({ ran: ['s'], metrics: { s: { said: 'good day?' } } });
  }, 60_000);

  test('a plugin may be a package, in TypeScript or JavaScript, or one that is linked', async () => {
    const plain = greeter.replace(/beside: .*'utf8'\)/, 'beside: __filename.slice(-8)');
    const project = await projectOf({
      ...greeting,
      'pipeline.config.yaml': 'plugins: [greet-stage, "@scope/linked"]',
      'node_modules/greet-stage/package.json': '{ "name": "greet-stage", "exports": "./lib/main.cjs" }',
      'node_modules/greet-stage/lib/main.cjs': `const { defineStageType } = require('distill-pipeline');
        module.exports = defineStageType({ name: 'greet', description: 'Greets.', output: 'text', determinism: 'bitwise',
          load: async () => require('./run.cjs') });`,
      'node_modules/greet-stage/lib/run.cjs': `const { greet } = require('greeting');
        exports.run = async () => ({ metrics: { said: greet() } });`,
      'elsewhere/package.json': '{ "name": "@scope/linked", "type": "module", "main": "./main.ts" }',
      'elsewhere/main.ts': plain.replace("name: 'greet'", "name: 'greet-linked'"),
      'p.yaml': `${pipelineOf('greet')}  t: { type: greet-linked }\n`,
    });
    mkdirSync(project.path('node_modules/@scope'));
    symlinkSync(project.path('elsewhere'), project.path('node_modules/@scope/linked'));
    const { metrics } = await run(project);
    expect(metrics).toEqual({ s: { said: 'good day!' }, t: { said: 'good day!', beside: '/main.ts' } });
    await project.edit('node_modules/greet-stage/lib/run.cjs', 'greet()', "greet() + 'ho'");
    expect((await run(project)).ran).toEqual(['s']);
    await project.edit('elsewhere/main.ts', 'said: greet()', "said: greet() + 'ho'");
    expect((await run(project)).ran).toEqual(['t']);
  }, 60_000);

  test('what only running needs is loaded by the stage alone; what planning asks is asked of the plugin', async () => {
    const project = await projectOf({
      'pipeline.config.yaml': 'plugins: [./lazy.mts]',
      'lazy.mts': `import { defineStageType } from 'distill-pipeline';
        export default defineStageType({
          name: 'lazy', description: 'Waits.', output: 'text', determinism: 'stochastic', uses: { seed: true },
          schema: { required: ['file'], properties: { file: { type: 'string' }, note: { type: 'string' } } },
          normalize: (options) => ({ ...options, note: String(options.note ?? 'none').toUpperCase() }),
          keyOptions: ({ file: _file, ...options }) => options,
          externalFiles: ({ file }) => [{ name: 'file', path: file, pointer: '/with/file' }],
          check: ({ note }) => ({ problems: note === 'BAD' ? [{ code: 'bad-option', message: 'a bad note', pointer: '/with/note' }] : [] }),
          load: () => import('./work.mts'),
        });`,
      'work.mts': `import { writeFileSync } from 'node:fs';
        writeFileSync('loaded.txt', String(process.title));
        export const run = async ({ options, seed, resolvePath, write }) => ({ metrics: { seed, note: options.note } });`,
      'p.yaml': 'version: 1\nname: p\nparams: { seed: 7 }\nstages:\n  s: { type: lazy, with: { file: a.txt } }\n',
      'a.txt': 'a',
      'b.txt': 'a',
    });
    await project.pipeline('plan', 'p.yaml');
    await expect(project.read('loaded.txt')).rejects.toThrow('ENOENT');
    expect((await run(project)).metrics['s']).toEqual({ seed: 7, note: 'NONE' });
    expect(await project.read('loaded.txt')).toBe('pipeline stage');
    await project.edit('p.yaml', 'a.txt', 'b.txt');
    expect((await run(project)).ran).toEqual([]);
    await project.write('b.txt', 'b');
    expect((await run(project)).ran).toEqual(['s']);
    expect((await run(project, 'p.yaml', '--set', 'seed=8')).ran).toEqual(['s']);
    await project.edit('p.yaml', 'b.txt }', 'b.txt, note: none }');
    expect((await run(project)).ran).toEqual([]);
    await project.edit('p.yaml', 'note: none', 'note: bad');
    const { exitCode, stderr } = await project.pipeline('plan', 'p.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a bad note');
    expect(stderr).toMatch(/p\.yaml:5:\d+/);
  }, 60_000);
});

describe('a plugin that is wrong', () => {
  const declared = (more: string) =>
    `import { defineStageType } from 'distill-pipeline';\nexport default defineStageType({ name: 'own', description: 'Own.', output: 'text', determinism: 'bitwise', ${more} });\n`;
  const runs = 'run: async () => ({ metrics: {} })';

  const cases: readonly (readonly [what: string, plugin: string, told: readonly string[]])[] = [
    ['syntax', 'const x = ;\n', ['plugin-failed', 'Unexpected ";"', '--> own.ts:1:11']],
    [
      'a missing package',
      "import 'no-such-package';\n",
      ['plugin-missing', '"no-such-package"', 'own.ts:1:8', 'npm install'],
    ],
    ['a missing file', "import './gone.ts';\n", ['plugin-missing', '"./gone.ts"', 'own.ts:1:8']],
    ['no export', 'export const x = 1;\n', ['plugin-invalid', 'exports no stage type', 'defineStageType']],
    ['a throw', '\nthrow new Error("not today");\n', ['plugin-failed', 'not today', 'own.ts:2:7']],
    [
      'what the interface has not',
      "import { runPipeline } from 'distill-pipeline';\nrunPipeline();\n",
      ['plugin-failed', 'runPipeline'],
    ],
    [
      'a name of the program',
      declared(runs).replace("'own'", "'evaluate'"),
      ['plugin-invalid', '"evaluate"', 'which the program has already'],
    ],
    [
      'a name twice',
      declared(runs) + declared(runs).replace(/^.*\n/, '').replace('default', 'const other ='),
      ['plugin-invalid', 'declares the stage type "own" twice'],
    ],
    [
      'a mistyped member',
      declared(`${runs}, slotz: {}`),
      ['plugin-invalid', 'unknown key "slotz"', 'did you mean "slots"?'],
    ],
    ['a wrong member', declared(`${runs}, version: 0`), ['plugin-invalid', '"version": expected an integer >= 1']],
    ['nothing to run', declared(''), ['plugin-invalid', 'either "run", what it does, or "load"']],
    [
      'a schema that is none',
      declared(`${runs}, schema: { properties: { a: { type: 'text' } } }`),
      ['plugin-invalid', 'no JSON Schema', 'properties/a/type'],
    ],
    [
      'a schema with unknown words',
      declared(`${runs}, schema: { properties: { a: { tpye: 'string' } } }`),
      ['plugin-invalid', 'unknown keyword: "tpye"'],
    ],
    [
      'a function that throws',
      declared(`${runs}, externalFiles() { throw new Error('asked too much'); }`),
      ['plugin-failed', 'asked too much', 'p.yaml:4:'],
    ],
    [
      'a normalize that throws',
      declared(`${runs}, normalize() { throw new Error('asked too much'); }`),
      ['plugin-failed', 'asked too much', 'p.yaml:4:'],
    ],
    [
      'a function that gives nonsense',
      declared(`${runs}, externalFiles: () => 'a.txt'`),
      ['plugin-failed', 'gave no list of { name, path, pointer }', 'p.yaml:4:'],
    ],
  ];

  test('is told with its place, and without a stack trace', async () => {
    const project = await projectOf({
      'pipeline.config.yaml': 'plugins:\n  - ./own.ts\n',
      'p.yaml': 'version: 1\nname: p\nstages:\n  s: { type: own }\n',
    });
    for (const [what, plugin, told] of cases) {
      await project.write('own.ts', plugin);
      const { exitCode, stdout, stderr } = await project.pipeline('validate', 'p.yaml');
      expect({ what, exitCode, stdout }).toEqual({ what, exitCode: 2, stdout: '' });
      for (const word of told) expect(stderr).toContain(word);
      if (!told.some((word) => word.startsWith('p.yaml'))) expect(stderr).toContain('--> pipeline.config.yaml:2:5');
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr).not.toContain('unknown-stage-type');
    }
    const listed = await project.pipeline('stages');
    expect(listed.exitCode).toBe(0);
  }, 120_000);

  test.each([
    ['./gone.ts', ['./gone.ts is not there', 'it was looked for at']],
    ['own.ts', ['did you mean "./own.ts"?']],
    ['no-such-plugin', ['npm install no-such-plugin']],
  ])('or is not there: %s', async (name, told) => {
    const project = await projectOf({
      'pipeline.config.yaml': `plugins: [${name}]\n`,
      'p.yaml': pipeline,
      'own.ts': declared(runs),
    });
    const { exitCode, stderr } = await project.pipeline('run', 'p.yaml');
    expect(exitCode).toBe(2);
    for (const word of ['error[plugin-missing]', '--> pipeline.config.yaml:1:11', ...told])
      expect(stderr).toContain(word);
    expect(stderr.match(/error\[/g)).toHaveLength(1);
  });
});

test('nothing but the plugins that the project file names is executed', async () => {
  const evil = 'process.exit(3);\n';
  const project = await projectOf({
    ...files,
    'pipeline.config.js': evil,
    'pipeline.config.ts': evil,
    'stages/other.ts': evil,
    'tsconfig.json': 'not JSON',
  });
  expect((await project.pipeline('validate', 'p.yaml')).exitCode).toBe(0);
});
