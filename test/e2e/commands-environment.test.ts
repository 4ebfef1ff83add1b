import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { command, newProject, type Project } from './project.ts';

type Events = { type: string; stage?: string; [name: string]: unknown }[];

/** Runs with these variables, and gives the events. */
async function run(project: Project, variables: Readonly<Record<string, string>> = {}): Promise<Events> {
  const { stdout } = await execa(process.execPath, [command, 'run', 'p.yaml', '--json'], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    extendEnv: false,
    reject: false,
  });
  return stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
}

function reasonsIn(events: Events): readonly string[] {
  return events.flatMap(({ type, because }) => (type === 'stage-started' ? [String(because)] : []));
}

const stage = (lines: string) =>
  `version: 1\nname: env\nstages:\n  it:\n    run: env > out.txt\n    outputs: [out.txt]\n${lines}`;

describe('variables of a command', () => {
  test('count where they are declared, are passed where they are named, and are absent else', async () => {
    const project = await newProject({
      'p.yaml': stage('    env: [TOKEN, UNSET]\n    passEnv: [DEVICE]\n'),
    });
    const seen: unknown[] = [];
    const rows: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['at first', { TOKEN: 'hunter2', DEVICE: '0', OTHER: '1' }],
      ['the same', { TOKEN: 'hunter2', DEVICE: '0', OTHER: '1' }],
      ['the same, so that it is told from the snapshot', { TOKEN: 'hunter2', DEVICE: '0', OTHER: '1' }],
      ['what is passed', { TOKEN: 'hunter2', DEVICE: '1' }],
      ['what is not declared', { TOKEN: 'hunter2', OTHER: '2' }],
      ['what counts', { TOKEN: 'hunter3' }],
      ['what counts, back', { TOKEN: 'hunter2' }],
      ['what was not set', { TOKEN: 'hunter2', UNSET: '' }],
    ];
    for (const [what, variables] of rows) seen.push([what, reasonsIn(await run(project, variables))]);
    expect(seen).toEqual([
      ['at first', ['never ran']],
      ['the same', []],
      ['the same, so that it is told from the snapshot', []],
      ['what is passed', []],
      ['what is not declared', []],
      ['what counts', ['the variable TOKEN changed']],
      ['what counts, back', []],
      ['what was not set', ['the variable UNSET changed']],
    ]);
    const lines = (await project.read('out.txt')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['TOKEN=hunter2', 'UNSET=']));
    expect(lines.filter((line) => /^(OTHER|DEVICE)=/.test(line))).toEqual([]);
  });

  test('are in no file of the store, and why tells them by name', async () => {
    const project = await newProject({ 'p.yaml': stage('    env: [TOKEN]\n').replace('env > out', 'true > out') });
    await run(project, { TOKEN: 'hunter2hunter2' });
    await run(project, { TOKEN: 'hunter3hunter3' });
    const files = readdirSync(project.path('artifacts'), { recursive: true, withFileTypes: true });
    const holding = files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file, 'utf8').includes('hunter'));
    expect(holding).toEqual([]);
    expect(statSync(project.path('artifacts/secret')).mode & 0o777).toBe(0o600);
    const why = await project.pipeline('why', 'p.yaml', 'it');
    expect(why.stdout).toMatch(/variable TOKEN changed/);
    expect(why.stdout).toMatch(/TOKEN: not set/);

    // Another store has another secret: its keys say nothing of these values.
    const keys = (): readonly string[] => readdirSync(project.path('artifacts/keys'), { recursive: true }).map(String);
    const before = keys();
    rmSync(project.path('artifacts/secret'));
    await run(project, { TOKEN: 'hunter2hunter2' });
    expect(keys().length).toBeGreaterThan(before.length);
  });

  test('may be written down, with parameters', async () => {
    const project = await newProject({
      'p.yaml': stage('    env: { LEVEL: 3, NAME: "${params.name}", HOME: }\n').replace(
        'stages:',
        'params: { name: "a b" }\nstages:',
      ),
    });
    await run(project, { HOME: '/somewhere' });
    const lines = (await project.read('out.txt')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['LEVEL=3', 'NAME=a b', 'HOME=/somewhere']));
    expect(reasonsIn(await run(project, { HOME: '/elsewhere' }))).toEqual(['the variable HOME changed']);
  });
});

describe('metrics of a command', () => {
  const metrics = (run: string, files: string) =>
    `version: 1\nname: metrics\nstages:\n  it:\n    run: ${JSON.stringify(run)}\n    metrics: [${files}]\ngates:\n  it.accuracy: ">= 0.9"\n`;

  test('are read from JSON and YAML into the record, and may have gates', async () => {
    const project = await newProject({
      'p.yaml': metrics(
        `echo '{"accuracy": 0.93}' > a.json; printf 'loss:\\n  train: 0.5\\n' > b.yaml`,
        'a.json, b.yaml',
      ),
    });
    const events = await run(project);
    const finished = events.find(({ type }) => type === 'stage-finished');
    expect(finished?.['metrics']).toEqual({ accuracy: 0.93, loss: { train: 0.5 } });
    expect(events.at(-1)?.['status']).toBe('succeeded');
    // They are outputs.
    rmSync(project.path('a.json'));
    expect((await run(project)).some(({ type }) => type === 'stage-reused')).toBe(true);
    expect(await project.read('a.json')).toBe('{"accuracy": 0.93}\n');
  });

  test.each([
    ['is not JSON', `echo '{"accuracy": ' > a.json`, 'a.json', /a\.json cannot be read: /, '6:15'],
    ['is not YAML', `echo 'a: [1' > a.yaml`, 'a.yaml', /a\.yaml cannot be read: .*line \d/, '6:15'],
    ['is a list', `echo '[1]' > a.json`, 'a.json', /a\.json is no mapping/, '6:15'],
    ['holds no number', `echo 'x: .nan' > a.yaml`, 'a.yaml', /JSON cannot hold: .*x is NaN/, '6:15'],
    [
      'holds what another holds',
      `echo '{"x": 1}' | tee a.json > b.json`,
      'a.json, b.json',
      /b\.json holds "x"/,
      '6:23',
    ],
    ['is not there', `echo x`, 'a.json', /did not make "a\.json"/, '6:15'],
  ])('a file that %s fails the stage, with its place', async (_, script, files, message, place) => {
    const project = await newProject({ 'p.yaml': metrics(script, files) });
    const problem = (await run(project)).find(({ type }) => type === 'stage-failed')?.['problem'];
    expect(problem).toMatchObject({ message: expect.stringMatching(message) as unknown, where: `p.yaml:${place}` });
  });
});

test('what a command needs lies in folders, one for each of several', async () => {
  const project = await newProject({
    'p.yaml': `version: 1
name: needs
matrix: { size: [1, 2] }
stages:
  make:
    run: mkdir -p out/\${matrix.size} && echo \${matrix.size} > out/\${matrix.size}/x.txt
    outputs: ["out/\${matrix.size}"]
  one:
    run: cat "$PIPELINE_NEEDS_MODEL"/out/*/x.txt > one-\${matrix.size}.txt
    needs: { model: make }
    outputs: ["one-\${matrix.size}.txt"]
  all:
    run: cd "$PIPELINE_NEEDS_ALL_MODELS" && cat */out/*/x.txt > "$OLDPWD/all.txt" && ls >> "$OLDPWD/all.txt"
    needs: { allModels: make }
    gather: [size]
    outputs: [all.txt]
`,
  });
  const events = await run(project);
  expect(events.flatMap(({ type, problem }) => (type === 'stage-failed' ? [problem] : []))).toEqual([]);
  expect([await project.read('one-1.txt'), await project.read('one-2.txt')]).toEqual(['1\n', '2\n']);
  expect(await project.read('all.txt')).toBe('1\n2\nsize=1\nsize=2\n');
});
