import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { noProcessIsLeftIn, processesIn, until } from './processes.ts';
import { newProject, type Project } from './project.ts';

type Events = { type: string; stage?: string; [name: string]: unknown }[];

async function run(project: Project, ...args: string[]): Promise<{ events: Events; exitCode: number | undefined }> {
  const { stdout, exitCode } = await project.pipeline('run', 'p.yaml', '--json', ...args);
  return { exitCode, events: stdout.split('\n').map((line) => JSON.parse(line) as Events[number]) };
}

function ranIn({ events }: { events: Events }): readonly (string | undefined)[] {
  return events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => stage);
}

function problemsOf({ events }: { events: Events }) {
  return events.flatMap(({ type, problem }) =>
    type === 'stage-failed' ? [problem as { code: string; message: string; hint?: string; where?: string }] : [],
  );
}

const chain = `version: 1
name: chain
params:
  word: fine
stages:
  upper:
    run: [sh, -c, "tr a-z A-Z < in.txt > out/upper.txt"]
    inputs: [in.txt]
    outputs: [out/upper.txt]
  say:
    run: cat out/upper.txt > said.txt && echo \${params.word} >> said.txt
    inputs: [out/*.txt]
    outputs: [said.txt]
`;

describe('the files of commands', () => {
  test('are made in order, kept, and put back where they are missing', async () => {
    const project = await newProject({ 'p.yaml': chain, 'in.txt': 'hello\n' });
    expect(ranIn(await run(project))).toEqual(['upper', 'say']);
    expect(await project.read('said.txt')).toBe('HELLO\nfine\n');
    expect(ranIn(await run(project))).toEqual([]);

    rmSync(project.path('out'), { recursive: true });
    rmSync(project.path('said.txt'));
    expect(ranIn(await run(project))).toEqual([]);
    expect([await project.read('out/upper.txt'), await project.read('said.txt')]).toEqual(['HELLO\n', 'HELLO\nfine\n']);
  });

  test('decide what runs again, by content', async () => {
    const project = await newProject({ 'p.yaml': chain, 'in.txt': 'hello\n' });
    await run(project);
    const seen: unknown[] = [];
    const edit = async (what: string, change: () => Promise<void> | void): Promise<void> => {
      await change();
      seen.push([what, ranIn(await run(project))]);
    };
    await edit('a comment', () => project.edit('p.yaml', 'params:', '# a comment\nparams:'));
    await edit('the parameter', () => project.edit('p.yaml', 'word: fine', 'word: two words'));
    await edit('the input', () => project.write('in.txt', 'good bye\n'));
    await edit('the input, to what gives the same', () => project.write('in.txt', 'Good Bye\n'));
    await edit('the input, touched', () => project.write('in.txt', 'Good Bye\n'));
    await edit('the folder that it runs in', () =>
      project.edit('p.yaml', 'outputs: [said.txt]', 'outputs: [said.txt]\n    folder: .'),
    );
    await edit('the input back', () => project.write('in.txt', 'hello\n'));
    await edit('another file that the glob matches', () => project.write('out/more.txt', 'more\n'));
    await edit('that file away', () => {
      rmSync(project.path('out/more.txt'));
    });
    expect(seen).toEqual([
      ['a comment', []],
      ['the parameter', ['say']],
      ['the input', ['upper', 'say']],
      ['the input, to what gives the same', ['upper']],
      ['the input, touched', []],
      ['the folder that it runs in', []],
      ['the input back', []],
      ['another file that the glob matches', ['say']],
      ['that file away', []],
    ]);
    expect(await project.read('said.txt')).toBe('HELLO\ntwo words\n');
    const plan = await project.pipeline('plan', 'p.yaml', '--set', 'word=again');
    expect(plan.stdout).toContain('echo again >> said.txt');
  });

  test('that a person has edited are moved aside, never lost', async () => {
    const project = await newProject({ 'p.yaml': chain, 'in.txt': 'hello\n' });
    await run(project);
    await project.write('said.txt', 'my own words\n');
    const again = await run(project);
    expect(await project.read('said.txt')).toBe('HELLO\nfine\n');
    const warning = again.events.find(({ type }) => type === 'warning');
    expect(warning?.['message']).toMatch(/^said\.txt had content that no stage made; it was moved to /);
    const kept = String(warning?.['message']).split('moved to ')[1] ?? '';
    expect(readdirSync(kept)).toEqual(['said.txt']);

    // What stages made is in the store, and goes without a word: so after an edit and back.
    for (const word of ['other', 'fine']) {
      const { events } = await run(project, '--set', `word=${word}`);
      expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    }
  });

  test('of a folder are all that is in it, executable ones too', async () => {
    const folder = `version: 1
name: folder
stages:
  make:
    run: |
      mkdir -p made/deep && printf '#!/bin/sh\\necho ran' > made/tool && chmod +x made/tool && echo x > made/deep/x
    outputs: [made, empty/]
  use:
    run: ./made/tool > used.txt; ls made >> used.txt
    inputs: [made]
    outputs: [used.txt]
`;
    const project = await newProject({ 'p.yaml': folder.replace('mkdir -p', 'mkdir -p empty && mkdir -p') });
    expect(ranIn(await run(project))).toEqual(['make', 'use']);
    expect(await project.read('used.txt')).toBe('ran\ndeep\ntool\n');
    rmSync(project.path('made/tool'));
    rmSync(project.path('empty'), { recursive: true });
    writeFileSync(project.path('made/stranger'), 'mine');
    const again = await run(project);
    expect(ranIn(again)).toEqual([]);
    expect(statSync(project.path('made/tool')).mode & 0o111).not.toBe(0);
    expect(readdirSync(project.path('made')).sort()).toEqual(['deep', 'tool']);
    expect(existsSync(project.path('empty'))).toBe(true);
    expect(again.events.find(({ type }) => type === 'warning')?.['message']).toContain('made/stranger');
  });

  test('behind a link that somebody put in their place are put back as files', async () => {
    const project = await newProject({
      'p.yaml': `version: 1\nname: link\nstages:\n  it:\n    run: mkdir -p made/deep && echo x > made/deep/x && echo y > made/y\n    outputs: [made]\n`,
    });
    await run(project);
    renameSync(project.path('made/deep'), project.path('elsewhere'));
    symlinkSync(project.path('elsewhere'), project.path('made/deep'));
    await project.write('made/y', 'changed');
    expect(ranIn(await run(project))).toEqual([]);
    expect(lstatSync(project.path('made/deep')).isDirectory()).toBe(true);
    expect([await project.read('made/deep/x'), await project.read('elsewhere/x')]).toEqual(['x\n', 'x\n']);
  });

  test('are read only where they changed: the next run knows them by their stamps', async () => {
    const project = await newProject({ 'p.yaml': chain, 'in.txt': 'hello\n' });
    await run(project);
    await run(project);
    // Unreadable for whoever is not root, and for root a proof of nothing: its stamp has changed, so it is read again.
    chmodSync(project.path('said.txt'), 0o444);
    expect(ranIn(await run(project))).toEqual([]);
    expect(await project.read('said.txt')).toBe('HELLO\nfine\n');
  });
});

test('an audit makes results of commands again, says what differs, and leaves what the results say', async () => {
  const project = await newProject({
    'p.yaml': chain.replace('cat out/upper.txt > said.txt', 'cat out/upper.txt unseen.txt > said.txt'),
    'in.txt': 'hello\n',
    'unseen.txt': 'before\n',
  });
  await run(project);
  await project.write('unseen.txt', 'after\n');
  const { events, exitCode } = await run(project, '--audit', '100%');
  expect(exitCode).toBe(0);
  const audited = events.filter(({ type }) => type === 'stage-audited');
  expect(audited.map(({ stage, verdict }) => [stage, verdict])).toEqual([
    ['upper', 'same'],
    ['say', 'other'],
  ]);
  expect(await project.read('said.txt')).toBe('HELLO\nbefore\nfine\n');
});

describe('a command', () => {
  const stage = (lines: string) =>
    `version: 1\nname: one\nparams: { text: "it's \\"$(touch pwned)\\" \`touch pwned\`; touch pwned" }\nstages:\n  it:\n${lines}`;

  test('gets parameters as words, through a shell and without', async () => {
    const project = await newProject({
      'p.yaml': stage(
        `    run: printf '%s|' \${params.text} "\${params.text}" '\${params.text}' > out.txt\n    outputs: [out.txt]\n  list:\n    run: [cp, -v, a.txt, "\${params.text}.txt"]\n    inputs: [a.txt]\n    outputs: ["\${params.text}.txt"]\n`,
      ),
      'a.txt': 'a',
    });
    expect((await run(project)).exitCode).toBe(0);
    const text = 'it\'s "$(touch pwned)" `touch pwned`; touch pwned';
    expect(await project.read('out.txt')).toBe(`${text}|${text}|${text}|`);
    expect(await project.read(`${text}.txt`)).toBe('a');
    expect(existsSync(project.path('pwned'))).toBe(false);
  });

  test('that fails says how, with its place and its last words; nothing of it is kept', async () => {
    const project = await newProject({
      'p.yaml': stage('    run: echo half > out.txt; echo the disk is on fire >&2; exit 3\n    outputs: [out.txt]\n'),
    });
    const failed = await run(project);
    expect(failed.exitCode).toBe(1);
    expect(problemsOf(failed)).toEqual([
      {
        code: 'stage-failed',
        message: 'the command ended with exit code 3',
        hint: 'it wrote last:\n  the disk is on fire',
        where: 'p.yaml:6:10',
      },
    ]);
    // What it left is known to be half-made, and is no work of a person's.
    await project.edit('p.yaml', 'exit 3', 'exit 0');
    const mended = await run(project);
    expect(mended.exitCode).toBe(0);
    expect(mended.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  test('that is not there says so', async () => {
    const project = await newProject({ 'p.yaml': stage('    run: [no-such-program, x]\n') });
    expect(problemsOf(await run(project))[0]?.message).toBe('the command ended with exit code 127');
  });

  test('that does not make what it should fails, though an old one lies there', async () => {
    const project = await newProject({ 'p.yaml': stage('    run: "true"\n    outputs: [a/out.txt]\n') });
    mkdirSync(project.path('a'));
    writeFileSync(project.path('a/out.txt'), 'old');
    const failed = await run(project);
    expect(problemsOf(failed)).toMatchObject([{ code: 'output-missing', where: 'p.yaml:7:15' }]);
    expect(failed.events.find(({ type }) => type === 'warning')?.['message']).toContain('a/out.txt');
  });

  test('that changes what it reads keeps nothing', async () => {
    const project = await newProject({
      'p.yaml': stage(
        '    run: echo more >> in.txt; cp in.txt out.txt\n    inputs: [in.txt]\n    outputs: [out.txt]\n',
      ),
      'in.txt': 'hello\n',
    });
    const failed = await run(project);
    expect(problemsOf(failed)).toMatchObject([{ code: 'input-changed', where: 'p.yaml:7:14' }]);
    expect(problemsOf(failed)[0]?.hint).toContain('it is an output');
    await project.edit('p.yaml', 'echo more >> in.txt; cp', 'echo more > src/new; cp');
    mkdirSync(project.path('src'));
    await project.edit('p.yaml', 'inputs: [in.txt]', 'inputs: [in.txt, src]');
    expect(problemsOf(await run(project))).toMatchObject([{ code: 'input-changed', where: 'p.yaml:7:22' }]);
  });

  test('whose input is nowhere says where it looked', async () => {
    const project = await newProject({ 'p.yaml': stage('    run: "true"\n    inputs: [nowhere.txt]\n') });
    expect(problemsOf(await run(project))).toMatchObject([{ code: 'input-missing', where: 'p.yaml:7:14' }]);
  });

  test('works in its own folder, with few variables', async () => {
    const project = await newProject({
      'p.yaml': stage('    run: pwd > ../out.txt; env >> ../out.txt\n    folder: sub\n    outputs: [out.txt]\n'),
    });
    mkdirSync(project.path('sub'));
    process.env['SECRET_OF_THE_TEST'] = 'hidden';
    try {
      expect((await run(project)).exitCode).toBe(0);
    } finally {
      delete process.env['SECRET_OF_THE_TEST'];
    }
    const [folder, ...variables] = (await project.read('out.txt')).split('\n');
    expect(folder).toBe(project.path('sub'));
    expect(variables.some((line) => line.startsWith('PATH='))).toBe(true);
    expect(variables.join()).not.toContain('SECRET_OF_THE_TEST');
  });

  test('takes what it started with it when it ends', async () => {
    const project = await newProject({
      'p.yaml': stage('    run: (sleep 300 & sleep 300) & echo done > out.txt\n    outputs: [out.txt]\n'),
    });
    expect((await run(project)).exitCode).toBe(0);
    await noProcessIsLeftIn(project.folder);
  });
});

describe('a runner that is', () => {
  const hanging = `version: 1
name: hanging
stages:
  hang:
    run: trap '' TERM INT HUP; echo begun > begun; sleep 300 & sleep 300; echo end
    outputs: [begun]
`;

  test('killed takes its commands with it, whatever they ignore', async () => {
    const project = await newProject({ 'p.yaml': hanging });
    const runner = project.start('run', 'p.yaml');
    runner.stdout.resume();
    await until(() => existsSync(project.path('begun')), 'the command has begun');
    process.kill(Number(runner.pid), 'SIGKILL');
    await noProcessIsLeftIn(project.folder);
    expect(processesIn(project.folder)).toEqual([]);
    // What it left is half-made: the next run makes it anew without a word.
    await project.edit('p.yaml', 'sleep 300 & sleep 300; ', '');
    const again = await run(project);
    expect(again.exitCode).toBe(0);
    expect(again.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
});

describe('no output leads out of the project folder', () => {
  const outside: string[] = [];
  afterEach(() => {
    for (const folder of outside.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const stage = (output: string, run = 'echo x > "$PWD/x"') =>
    `version: 1\nname: out\nstages:\n  it:\n    run: ${run}\n    outputs: ["${output}"]\n`;

  test.each([
    ['/tmp/x', 'bad-option'],
    ['../x', 'bad-option'],
    ['a/../../x', 'bad-option'],
    ['.git/config', 'bad-option'],
    ['artifacts', 'output-unsafe'],
    ['artifacts/objects/x', 'output-unsafe'],
    ['p.yaml', 'output-unsafe'],
    ['link/x', 'output-unsafe'],
  ])('%s is refused before anything runs', async (output, code) => {
    const project = await newProject({ 'p.yaml': stage(output) });
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    outside.push(elsewhere);
    symlinkSync(elsewhere, project.path('link'));
    const refused = await project.pipeline('validate', 'p.yaml');
    expect([refused.exitCode, refused.stderr.split(']')[0]]).toEqual([2, `error[${code}`]);
    expect(refused.stderr).toContain('p.yaml:6:15');
    expect((await project.pipeline('run', 'p.yaml')).exitCode).toBe(2);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('nor by a link that comes while it runs', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    outside.push(elsewhere);
    writeFileSync(join(elsewhere, 'x'), 'of somebody');
    const project = await newProject({ 'p.yaml': stage('made/x', `rmdir made && ln -s ${elsewhere} made`) });
    expect(problemsOf(await run(project))).toMatchObject([{ code: 'output-unsafe', where: 'p.yaml:6:15' }]);
    expect((await run(project)).exitCode).toBe(2);
    expect(readdirSync(elsewhere)).toEqual(['x']);
  });

  test('nor by a link in its place or inside of it', async () => {
    const project = await newProject({ 'p.yaml': stage('made', 'ln -s /etc/passwd made') });
    expect(problemsOf(await run(project))).toMatchObject([{ code: 'output-unsafe', where: 'p.yaml:6:15' }]);
    await project.edit('p.yaml', 'ln -s /etc/passwd made', 'mkdir made && ln -s /etc/passwd made/x');
    expect(problemsOf(await run(project))).toMatchObject([{ code: 'output-unsafe' }]);
  });
});
