import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { command } from '../e2e/project.ts';
import { snippetsOf, type Snippet } from './snippets.ts';

/** A folder in which pages are followed word by word, as a reader does. */
export interface Walk {
  /** Does what each block of the page says, in order. @returns what came out otherwise than the page says */
  follow(document: string): Promise<readonly string[]>;
  end(): Promise<void>;
}

/**
 * @param how `run`: every command is run, and what it prints is compared. `check`: pipelines are validated in place of being run, what
 * needs a run is left out, and the rest is done.
 */
export async function newWalk(how: 'run' | 'check'): Promise<Walk> {
  const start = await realpath(await mkdtemp(join(tmpdir(), 'walk-')));
  const bin = join(start, '.bin');
  await mkdir(bin);
  await writeFile(join(bin, 'pipeline'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, { mode: 0o755 });
  let folder = start;

  async function follow(snippet: Snippet): Promise<readonly string[]> {
    const { language, argument, text } = snippet;
    if (language === 'console') {
      const found: string[] = [];
      for (const { line, output } of prompts(text)) found.push(...(await type(line, output)));
      return found;
    }
    if (language === 'sh') return argument === 'clone' ? [] : type(text, undefined);
    if (argument === '') return [];
    const path = join(folder, argument);
    await mkdir(dirname(path), { recursive: true });
    if (language === 'diff') await writeFile(path, patched(await readFile(path, 'utf8'), text));
    else await writeFile(path, text, { flag: 'wx' });
    return [];
  }

  async function type(line: string, expected: string | undefined): Promise<readonly string[]> {
    const typed = how === 'run' ? line : withoutRuns(line);
    if (typed === undefined) return [];
    const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, NO_COLOR: '1' };
    const shell = `${typed}\nstatus=$?\npwd > "$WALK_FOLDER"\nexit $status`;
    const memo = join(start, '.folder');
    const done = await execa('bash', ['-c', shell], {
      ...{ cwd: folder, env: { ...env, WALK_FOLDER: memo }, reject: false, all: true, stdin: 'ignore' },
    });
    folder = (await readFile(memo, 'utf8')).trim();
    const printed = done.exitCode === 0 ? done.all : `${done.all}\n[exit ${done.exitCode}]`;
    if (expected === undefined) return done.exitCode === 0 ? [] : [`${line}\n${printed}`];
    if (typed !== line && !printed.includes('[exit')) return [];
    if (typed !== line && expected.includes('[exit')) return [];
    return matches(expected, printed) ? [] : [`${line}\n--- expected\n${expected}\n--- printed\n${printed}`];
  }

  return {
    async follow(document) {
      const found: string[] = [];
      for (const snippet of snippetsOf(document)) {
        const wrong = await follow(snippet);
        found.push(...wrong.map((each) => `${snippet.document}:${snippet.line}: ${each}`));
      }
      return found;
    },
    end: () => rm(start, { recursive: true, force: true }),
  };
}

interface Prompt {
  readonly line: string;
  readonly output: string;
}

function prompts(text: string): readonly Prompt[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...output] = part.split('\n');
      return { line, output: output.join('\n') };
    });
}

/** In place of what takes long, what is as good a check of the files; undefined where there is none. */
function withoutRuns(line: string): string | undefined {
  const run = /^pipeline (?:run|plan|explain) (\S+)(?: [a-z][a-z-]*)*(.*)$/.exec(line);
  if (run !== null) return `pipeline validate ${run[1] ?? ''}${(run[2] ?? '').replace(/ --dry-run/, '')}`;
  return /^pipeline (?:get|runs|metrics|logs|report|ui|export|compare|params|gc|latency)\b|^(?:ls|cat) /.test(line)
    ? undefined
    : line;
}

/** Lines that begin with a space or `-` are there, once and together; those with a space or `+` stand there afterwards. */
export function patched(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const side = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [all, before, after] = [`\n${text}`, `\n${side('-')}`, `\n${side('+')}`];
  const at = all.indexOf(before);
  if (at === -1 || all.lastIndexOf(before) !== at) throw new Error(`not there exactly once:${before}`);
  return (all.slice(0, at) + after + all.slice(at + before.length)).slice(1);
}

/**
 * Whether a command printed what the page shows: `…` stands for any lines; times, runs' ids and columns' widths do not count.
 * @param numbers whether all other numbers are the same too, as they are on the processor and the Node that the pages name
 */
export function matches(expected: string, printed: string, numbers = namedMachine): boolean {
  const [wanted, lines] = [expected, printed].map((text) =>
    text
      .trim()
      .split('\n')
      .map(numbers ? withoutTimes : shapeOf),
  );
  const follow = (at: number, from: number): boolean => {
    if (at === wanted?.length) return from === lines?.length;
    if (wanted?.[at] !== '…')
      return lines?.[from] !== undefined && lines[from] === wanted?.[at] && follow(at + 1, from + 1);
    for (let next = from; next <= (lines?.length ?? 0); next++) if (follow(at + 1, next)) return true;
    return false;
  };
  return expected.trim() === '' || follow(0, 0);
}

const namedMachine = process.arch === 'x64' && process.version.startsWith('v20.');

function withoutTimes(line: string): string {
  return line
    .replaceAll(/\d{8}-\d{6}-[a-z0-9]{5}/g, 'RUN')
    .replaceAll(/(?:\b\d+(?:[.,]\d+)* (?:h|min|ms|s)\b ?)+/g, 'TIME ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function shapeOf(line: string): string {
  return withoutTimes(line)
    .replaceAll(/[+-]?\d+(?:[.,]\d+)*(?:e-?\d+)?/g, '#')
    .replaceAll(/# (?:B|KiB|MiB|GiB)\b/g, '#');
}
