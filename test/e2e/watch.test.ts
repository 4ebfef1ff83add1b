import { once } from 'node:events';
import { existsSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { noProcessIsLeftIn, until } from './processes.ts';
import { newProject, type Project } from './project.ts';
import { tinyPipeline, type Events } from './tiny-pipeline.ts';

/** `run --watch` under way. */
interface Watch {
  /** Of each run until now that has ended, and of each list of problems in its place. */
  readonly rounds: () => readonly Round[];
  /** Waits for so many of them, and until the next change is waited for. */
  ended(count: number): Promise<void>;
  /** Waits for a text on stderr. */
  says(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** @returns the exit code */
  exit(): Promise<number | null>;
  readonly stderr: () => string;
}

type Round = { readonly ran: readonly string[]; readonly reused: number; readonly problems: readonly string[] };

const stopping: (() => void)[] = [];
afterEach(() => {
  for (const stop of stopping.splice(0)) stop();
});

function startWatch(project: Project, ...args: string[]): Watch {
  const child = project.start('run', ...args, '--watch', '--json');
  const closed = once(child, 'close');
  stopping.push(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const count = (text: string): number => stderr.split(text).length - 1;
  return {
    rounds: () => roundsOf(stdout.trimEnd().split('\n')),
    ended: (rounds) => until(() => count('waiting for a change') >= rounds, `${rounds} runs ended`),
    says: (text) => until(() => count(text) > 0, `it says ${text}`),
    signal: (signal) => child.kill(signal),
    async exit() {
      await closed;
      return child.exitCode;
    },
    stderr: () => stderr,
  };
}

function roundsOf(lines: readonly string[]): readonly Round[] {
  const rounds: Round[] = [];
  let events: Events = [];
  for (const line of lines) {
    const event = JSON.parse(line) as Events[number] & { problems: { code: string }[] };
    events.push(event);
    if (event.type !== 'run-finished' && event.type !== 'problems') continue;
    const of = (type: string) => events.filter((each) => each.type === type).map(({ stage }) => String(stage));
    rounds.push({
      ran: of('stage-finished'),
      reused: of('stage-reused').length,
      problems: event.type === 'problems' ? event.problems.map(({ code }) => code) : [],
    });
    events = [];
  }
  return rounds;
}

/** What changed, as it was said before each run. */
function changes(watch: Watch): readonly string[] {
  return [...watch.stderr().matchAll(/^(.*) changed$/gm)].map(([, files = '']) => files);
}

test('only what an edit changed runs again; a file that is touched, or saved as it was, makes no run', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'params.yaml': 'seed: 42\n' });
  const watch = startWatch(project, 'tiny.yaml', '--params', 'params.yaml');
  await watch.ended(1);
  await project.edit('tiny.yaml', 'temperature: 4', 'temperature: 8');
  await watch.ended(2);

  utimesSync(project.path('tiny.yaml'), 1e9, 1e9);
  await project.write('params.yaml', 'seed: 42\n');
  // As many editors save: another file is renamed into the place.
  await project.write('.tiny.yaml.swp', (await project.read('tiny.yaml')).replace('temperature: 8', 'temperature: 4'));
  renameSync(project.path('.tiny.yaml.swp'), project.path('tiny.yaml'));
  await watch.ended(3);

  // Two edits at once are one run.
  writeFileSync(project.path('params.yaml'), 'seed: 42\ntemperature: 2\n');
  writeFileSync(project.path('tiny.yaml'), tinyPipeline.replace('epochs: 2 # of', 'epochs: 1 # of'));
  await watch.ended(4);
  watch.signal('SIGINT');
  expect(await watch.exit()).toBe(130);

  const [first, ...others] = watch.rounds();
  expect(first?.ran).toHaveLength(6);
  expect(others).toEqual([
    { ran: ['train-student', 'evaluate'], reused: 4, problems: [] },
    { ran: [], reused: 6, problems: [] },
    { ran: ['train-student', 'evaluate'], reused: 4, problems: [] },
  ]);
  expect(changes(watch)).toEqual(['tiny.yaml', 'tiny.yaml', 'tiny.yaml, params.yaml']);
}, 120_000);

/** Counts the letters of a file; where told to, it waits until another file is there. */
const plugin = `
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineStageType } from 'distill-pipeline';
import { count } from './count.ts';

export default defineStageType({
  name: 'letters',
  description: 'Counts letters.',
  output: 'letters',
  determinism: 'bitwise',
  schema: { required: ['file'], properties: { file: { type: 'string' }, until: { type: 'string' } } },
  externalFiles: ({ file }) => [{ name: 'file', path: String(file), pointer: '/with/file' }],
  async run({ options, resolvePath, signal }) {
    const letters = count(readFileSync(resolvePath(String(options['file'])), 'utf8'));
    while (options['until'] !== undefined && !existsSync(resolvePath(String(options['until'])))) {
      await sleep(20, undefined, { signal });
    }
    return { metrics: { letters } };
  },
});
`;

const counting = (way: string): string => `export const count = (text: string): number => ${way};\n`;

async function letters(options = ''): Promise<Project> {
  const project = await newProject({
    'pipeline.config.yaml': 'plugins: [./plugin.ts]\n',
    'plugin.ts': plugin,
    'count.ts': counting('text.length'),
    'text.txt': 'abc',
    'p.yaml': `version: 1\nname: letters\nstages:\n  count:\n    type: letters\n    with: { file: text.txt${options} }\n`,
  });
  return project;
}

const ran: Round = { ran: ['count'], reused: 0, problems: [] };

test('what stages read, a plugin’s own files, and a project file that appears: each makes a run', async () => {
  const project = await letters();
  await mkdir(project.path('sub'));
  renameSync(project.path('p.yaml'), project.path('sub/p.yaml'));
  // Nothing tells of the folder that a link leads to; it is looked at now and then.
  await mkdir(project.path('far'));
  renameSync(project.path('text.txt'), project.path('far/text.txt'));
  symlinkSync('far/text.txt', project.path('text.txt'));
  const watch = startWatch(project, 'sub/p.yaml');
  await watch.ended(1);
  utimesSync(project.path('text.txt'), 1e9, 1e9);
  await project.write('count.ts', counting('text.length * 2'));
  await watch.ended(2);
  await project.write('text.txt', 'abcd');
  await watch.ended(3);
  // It fails, and what it lacks comes later.
  await project.write('plugin.ts', plugin.replace('./count.ts', './other.ts'));
  await watch.ended(4);
  await project.write('other.ts', counting('7'));
  await watch.ended(5);
  rmSync(project.path('text.txt'));
  await watch.ended(6);
  await project.write('text.txt', 'abcd');
  await watch.ended(7);
  // Nearer than the one above: it has no plugins.
  await project.write('sub/pipeline.config.yaml', 'jobs: 1\n');
  await watch.ended(8);
  watch.signal('SIGTERM');
  expect(await watch.exit()).toBe(143);
  expect(watch.rounds()).toEqual([
    ran,
    ran,
    ran,
    { ran: [], reused: 0, problems: ['plugin-missing'] },
    ran,
    { ran: [], reused: 0, problems: [] },
    { ran: [], reused: 1, problems: [] },
    { ran: [], reused: 0, problems: ['unknown-stage-type'] },
  ]);
  expect(changes(watch)).toEqual([
    'count.ts',
    'text.txt',
    'plugin.ts',
    expect.any(String),
    'text.txt',
    'text.txt',
    'sub/pipeline.config.yaml',
  ]);
}, 120_000);

test('what commands read: a file, one that comes into a folder, one that a glob matches; not what they make', async () => {
  const project = await newProject({
    'p.yaml': `version: 1
name: commands
stages:
  it:
    run: cat one.txt folder/* src/*.txt > src/made.txt
    inputs: [one.txt, folder, src/*.txt]
    outputs: [src/made.txt]
`,
    'one.txt': '1\n',
  });
  await Promise.all(['folder', 'src'].map((name) => mkdir(project.path(name))));
  await Promise.all([project.write('folder/a', 'a\n'), project.write('src/b.txt', 'b\n')]);
  const watch = startWatch(project, 'p.yaml');
  await watch.ended(1);
  const steps: readonly [string, string][] = [
    ['one.txt', '2\n'],
    ['folder/c', 'c\n'],
    ['src/d.txt', 'd\n'],
    ['src/d.txt', 'e\n'],
  ];
  for (const [index, [file, text]] of steps.entries()) {
    const before = watch.rounds().filter(({ ran }) => ran.length > 0).length;
    await project.write(file, text);
    await until(() => watch.rounds().filter(({ ran }) => ran.length > 0).length > before, `step ${index} ran`);
    await watch.ended(watch.rounds().length);
  }
  expect(await project.read('src/made.txt')).toBe('2\na\nc\nb\ne\n');
  const runs = watch.rounds().length;
  watch.signal('SIGINT');
  expect(await watch.exit()).toBe(130);
  // What it makes beside what it reads may make a run with nothing to do, and no more.
  expect(runs).toBeLessThanOrEqual(2 * (steps.length + 1));
}, 120_000);

test('a broken definition, and one that is gone, wait to be mended', async () => {
  const project = await letters();
  const whole = await project.read('p.yaml');
  await project.write('p.yaml', whole.replace('file:', 'fiel:'));
  const watch = startWatch(project, 'p.yaml');
  await watch.ended(1);
  await project.write('p.yaml', whole);
  await watch.ended(2);
  rmSync(project.path('p.yaml'));
  await watch.ended(3);
  await project.write('p.yaml', whole.replace('stages:', 'stages: ['));
  await watch.ended(4);
  await project.write('p.yaml', whole);
  await watch.ended(5);
  watch.signal('SIGINT');
  expect(await watch.exit()).toBe(130);
  expect(watch.rounds()).toEqual([
    { ran: [], reused: 0, problems: ['unknown-key'] },
    ran,
    { ran: [], reused: 0, problems: ['file-missing'] },
    { ran: [], reused: 0, problems: expect.arrayContaining(['yaml-syntax']) },
    { ran: [], reused: 1, problems: [] },
  ]);
}, 120_000);

test('a change during a run is told at once, lets the run go on, and is followed by another one; Ctrl-C ends that', async () => {
  const project = await letters(', until: go');
  const watch = startWatch(project, 'p.yaml');
  await until(() => existsSync(project.path('artifacts/locks')), 'a stage runs');
  await project.edit('p.yaml', 'until: go', 'until: stop');
  await watch.says('p.yaml changed: this run goes on, and another one follows');
  expect(watch.rounds()).toEqual([]);
  // The run that follows reads this too, so there is no third one.
  await project.write('count.ts', counting('text.length * 3'));
  await project.write('go', '');
  await watch.says('\np.yaml changed\n');
  await until(() => watch.rounds().length === 1, 'the first run has ended');
  await sleep(1000);
  watch.signal('SIGINT');
  expect(await watch.exit()).toBe(130);
  expect(watch.rounds()).toEqual([ran, { ran: [], reused: 0, problems: [] }]);
  expect(watch.stderr().match(/another one follows/g)).toHaveLength(1);
  await noProcessIsLeftIn(project.folder);
}, 120_000);

test('a command line that no file can mend ends with 2', async () => {
  const project = await letters();
  const { exitCode, stderr } = await project.pipeline('run', 'p.yaml', '--watch', '--set', 'seed');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('--set expected name=value') });
  expect((await project.pipeline('run', 'p.yaml', '--watch', '--dry-run')).exitCode).toBe(2);
});

test('files that a command names as inputs make a run, and its outputs do not', async () => {
  const project = await newProject({
    'p.yaml': `version: 1
name: p
stages:
  double: { run: cat in.txt in.txt > out.txt, inputs: [in.txt], outputs: [out.txt] }
  count: { run: wc -c < out.txt > size.txt, inputs: [out.txt], outputs: [size.txt] }
`,
    'in.txt': 'one',
  });
  const watch = startWatch(project, 'p.yaml');
  await watch.ended(1);
  // What is made is put back when something else asks for a run, and asks for none itself.
  rmSync(project.path('out.txt'));
  await project.write('in.txt', 'three');
  await watch.ended(2);
  watch.signal('SIGINT');
  expect(await watch.exit()).toBe(130);
  expect(watch.rounds()).toEqual([
    { ran: ['double', 'count'], reused: 0, problems: [] },
    { ran: ['double', 'count'], reused: 0, problems: [] },
  ]);
  expect(changes(watch)).toEqual(['in.txt']);
}, 60_000);
