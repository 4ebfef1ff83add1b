import { basename, posix } from 'node:path';
import { isGlob } from '../../base/glob.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Command, CommandPath } from '../../core/command.ts';
import type { OptionProblem, StageCheck } from '../../core/stage-type.ts';

interface CommandOptions {
  readonly run: string | readonly (string | number | boolean)[];
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly metrics?: readonly string[];
  readonly env?: readonly string[] | Readonly<Record<string, string | number | boolean | null>>;
  readonly passEnv?: readonly string[];
  readonly folder?: string;
}

function parse(options: JsonObject): CommandOptions {
  return options as unknown as CommandOptions;
}

/** Asked for again and again, of each stage's options. */
export function commandOf(options: JsonObject): Command {
  const known = commands.get(options) ?? read(options);
  commands.set(options, known);
  return known;
}

const commands = new WeakMap<JsonObject, Command>();

function read(options: JsonObject): Command {
  const { run, inputs = [], outputs = [], metrics = [], env = [], passEnv = [], folder = '.' } = parse(options);
  const withMetrics = pathsOf('metrics', metrics);
  return {
    argv: typeof run === 'string' ? ['sh', '-c', run] : run.map(String),
    folder: normalPath(folder),
    inputs: pathsOf('inputs', inputs),
    outputs: outermost([...pathsOf('outputs', outputs), ...withMetrics]),
    metrics: withMetrics,
    env: variablesOf(env),
    passEnv,
    usesNode: basename(programOf(run)) === 'node',
  };
}

/** The inputs count by their content, which is the engine's to say. */
export function commandKeyOptions(options: JsonObject): JsonObject {
  const { run } = parse(options);
  const { folder, outputs, metrics } = commandOf(options);
  return {
    run: typeof run === 'string' ? run : run.map(String),
    folder: folder === '' ? '.' : folder,
    outputs: outputs.map(({ path }) => path),
    ...(metrics.length === 0 ? {} : { metrics: metrics.map(({ path }) => path) }),
  };
}

function pathsOf(key: string, paths: readonly string[]): readonly CommandPath[] {
  return paths.map((path, index) => ({ path: normalPath(path), pointer: `/with/${key}/${index}` }));
}

/** What is named twice, or lies in a folder that is an output too, is one output. */
function outermost(paths: readonly CommandPath[]): readonly CommandPath[] {
  const named = new Set(paths.map(({ path }) => path));
  const first = new Set<string>();
  return paths.filter(({ path }) => {
    if (first.has(path)) return false;
    first.add(path);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (named.has(path.slice(0, end))) return false;
    return true;
  });
}

function variablesOf(env: NonNullable<CommandOptions['env']>): Record<string, string | null> {
  if (isNames(env)) return Object.fromEntries(env.map((name) => [name, null]));
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === null ? null : String(value)]));
}

function isNames(env: NonNullable<CommandOptions['env']>): env is readonly string[] {
  return Array.isArray(env);
}

export function checkCommand(options: JsonObject): StageCheck {
  const { run } = parse(options);
  const { inputs, outputs, metrics } = commandOf(options);
  const written = [
    ...inputs,
    ...outputs,
    ...metrics.filter((each) => !outputs.includes(each)),
    { path: normalPath(parse(options).folder ?? '.'), pointer: '/with/folder' },
  ];
  return {
    problems: [
      ...nulProblems(run),
      ...written.flatMap((place) => outsideProblem(place) ?? []),
      ...outputs.flatMap((place) => outputProblem(place) ?? []),
    ],
  };
}

/** `./out//a/` is `out/a`, and the folder itself is the empty text. */
function normalPath(path: string): string {
  const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
  return normal === '.' ? '' : normal;
}

/** The first word, after what sets variables for it. */
function programOf(run: CommandOptions['run']): string {
  if (typeof run !== 'string') return String(run[0]);
  return (
    run
      .trim()
      .split(/\s+/)
      .find((word) => !/^\w+=/.test(word)) ?? ''
  );
}

function nulProblems(run: CommandOptions['run']): readonly OptionProblem[] {
  if (![run].flat().join(' ').includes('\0')) return [];
  return [{ code: 'bad-option', message: 'a command cannot hold the character NUL', pointer: '/with/run' }];
}

function outsideProblem({ path, pointer }: CommandPath): OptionProblem | undefined {
  if (path.includes('\0')) return { code: 'bad-option', message: 'a path cannot hold the character NUL', pointer };
  const isOutside = path.startsWith('/') || path === '..' || path.startsWith('../');
  if (!isOutside) return undefined;
  return {
    code: 'bad-option',
    message: `"${path}" leads out of the project folder`,
    hint: 'paths of a command are relative to the project folder and stay inside',
    pointer,
  };
}

function outputProblem({ path, pointer }: CommandPath): OptionProblem | undefined {
  if (path === '') {
    const hint = 'name the files or folders in it that the command makes: outputs are removed before it runs';
    return { code: 'bad-option', message: 'the project folder itself cannot be an output', hint, pointer };
  }
  if (path.split('/').includes('.git')) {
    return { code: 'bad-option', message: `"${path}" is in .git, which belongs to Git alone`, pointer };
  }
  if (!isGlob(path)) return undefined;
  const hint = 'name each file, or the folder that they lie in';
  return { code: 'bad-option', message: `"${path}" is a glob, and outputs are files and folders`, hint, pointer };
}
