/** How each tool is found, made ready, and asked to do everything that is not done yet. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

export interface Tool {
  readonly name: string;
  /** What installs it, for a person who has not. */
  readonly install: string;
  /** The executable, or undefined where it is not installed. */
  find(): string | undefined;
  /** Once in a new project folder. */
  readonly prepare?: readonly (readonly string[])[];
  /** Brings everything up to date; `stages` in all. */
  arguments(stages: number): readonly string[];
  /** Only tells what that would do, where the tool can. */
  plan?(stages: number): readonly string[];
  version(executable: string): string;
  /** Sizes that it is not asked to do, with the reason. */
  readonly limit?: { readonly stages: number; readonly because: string };
}

const cli = resolve('dist/cli.cjs');

export const tools: readonly Tool[] = [
  {
    name: 'pipeline',
    install: 'npm run build',
    find: () => (existsSync(cli) ? cli : undefined),
    arguments: () => ['run', 'pipeline.yaml', '-j', '2'],
    plan: () => ['plan', 'pipeline.yaml'],
    version: saidVersion,
  },
  {
    name: 'ninja',
    install: 'Debian: apt-get install ninja-build',
    find: () => onPath('ninja'),
    arguments: () => [],
    plan: () => ['-n'],
    version: saidVersion,
  },
  {
    name: 'make',
    install: 'Debian: apt-get install make',
    find: () => onPath('make'),
    arguments: () => ['-j2', '-s', 'all'],
    plan: () => ['-n', 'all'],
    version: saidVersion,
  },
  {
    name: 'turbo',
    install: 'npm install turbo, its .bin on PATH',
    find: () => onPath('turbo'),
    prepare: [['git', 'init', '-q']],
    arguments: (stages) => [...turboRun(stages), '--output-logs=none'],
    plan: (stages) => [...turboRun(stages), '--dry=json'],
    version: saidVersion,
    limit: { stages: 1000, because: 'its command line names every task' },
  },
  {
    name: 'wireit',
    install: 'npm install wireit, its .bin on PATH',
    find: () => (onPath('wireit') === undefined ? undefined : onPath('npm')),
    arguments: () => ['run', '-s', 'all'],
    version: () => packageVersion(onPath('wireit') ?? ''),
    limit: { stages: 1000, because: 'minutes for its first run' },
  },
  {
    name: 'dvc',
    install: 'PyPI: pip install dvc',
    find: () => onPath('dvc'),
    prepare: [['dvc', 'init', '--no-scm', '-q']],
    arguments: () => ['repro', '-q'],
    plan: () => ['status'],
    version: saidVersion,
    limit: { stages: 100, because: 'its first run of 1,000 stages does not end within 500 s' },
  },
  {
    name: 'snakemake',
    install: 'PyPI: pip install snakemake',
    find: () => onPath('snakemake'),
    arguments: () => ['-q', 'all', '--cores', '2', 'all'],
    plan: () => ['-q', 'all', '-n', 'all'],
    version: saidVersion,
    limit: { stages: 1000, because: 'minutes for its first run' },
  },
];

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function turboRun(stages: number): readonly string[] {
  return ['run', ...Array.from({ length: stages }, (_, i) => `s${i}`), '--no-update-notifier'];
}

function saidVersion(executable: string): string {
  const { stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown';
}

/** Of the package that a command comes from. */
function packageVersion(executable: string): string {
  for (let at = dirname(realpathSync(executable)); dirname(at) !== at; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? 'unknown';
  }
  return 'unknown';
}
