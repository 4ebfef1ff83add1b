import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { handInImport } from '../base/import-module.ts';

// It is built as CommonJS: asking Node for the same by `import.meta` takes a millisecond.
declare const require: NodeJS.Require;
declare const __dirname: string;

/**
 * The command's entry. It loads the program, a CommonJS file beside it, with the code that V8 compiled the last time: compiling
 * takes a quarter of a run with nothing to do, and Node keeps compiled code by itself only since 22. A run with nothing to do is a
 * small program of its own.
 */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const command = /^[a-z-]{1,20}$/.exec(args[0] ?? '')?.[0] ?? 'none';
  const again = load<typeof import('./again.ts')>('again.cjs', command);
  if (await again.program.runCommandAgain(args)) {
    again.keepCompiled();
    return;
  }
  const all = load<typeof import('./command-line.ts')>('command-line.cjs', command);
  await all.program.runCommandLine(args);
  all.keepCompiled();
}

interface Loaded<Program> {
  readonly program: Program;
  /** After it ran: only what was called is compiled. */
  keepCompiled(): void;
}

function load<Program>(name: string, command: string): Loaded<Program> {
  const file = join(__dirname, name);
  const stamp = stampOf(file);
  const before = compiledBefore(file, stamp);
  // The build writes nothing but ASCII, which is read much faster than UTF-8.
  const source = `(function (exports, require, module, __filename) {${readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, {
    filename: file,
    ...(before === undefined ? {} : { cachedData: before.code }),
  });
  handInImport((address) => import(address));
  const module = { exports: {} };
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run(module.exports, require, module, file);
  return {
    program: module.exports as Program,
    keepCompiled() {
      const commands = script.cachedDataRejected === true ? [] : (before?.commands ?? []);
      // Beyond a few commands everything that many of them need is compiled.
      if (commands.includes(command) || commands.length >= MOST_COMMANDS) return;
      const head = Buffer.from([stamp, ...commands, command].join(' ').padEnd(HEAD_BYTES));
      keep(file, Buffer.concat([head, script.createCachedData()]));
    },
  };
}

const MOST_COMMANDS = 4;

/**
 * What compiled code belongs to. V8 itself looks at its version, its flags and the mere length of the source, so that a changed
 * program of the same length would run its old code.
 */
function stampOf(file: string): string {
  const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
  return [process.version, process.arch, ino, size, mtimeNs, ctimeNs].join(' ');
}

interface Compiled {
  readonly code: Buffer;
  /** For which it was compiled: of each, what it calls. */
  readonly commands: readonly string[];
}

function compiledBefore(file: string, stamp: string): Compiled | undefined {
  try {
    const kept = readFileSync(cacheOf(file));
    const head = kept.toString('latin1', 0, HEAD_BYTES);
    if (!head.startsWith(`${stamp} `)) return undefined;
    return { code: kept.subarray(HEAD_BYTES), commands: head.slice(stamp.length).trim().split(' ') };
  } catch {
    return undefined;
  }
}

/** Always the same, so that what follows it stays aligned. */
const HEAD_BYTES = 256;

function keep(file: string, content: Buffer): void {
  const temporary = `${cacheOf(file)}.${process.pid}.tmp`;
  try {
    sweep(file);
    writeFileSync(temporary, content, { flag: 'wx' });
    renameSync(temporary, cacheOf(file));
  } catch {
    // The program's folder may be somebody else's, or its disk full: then every start compiles, as it would without.
    rmSync(temporary, { force: true });
  }
}

function cacheOf(file: string): string {
  return `${file}.cache`;
}

/** What starts left that were killed while they wrote. */
function sweep(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const path = join(dirname(file), name);
    const isOurs = path.startsWith(`${cacheOf(file)}.`) && name.endsWith('.tmp');
    if (isOurs && Date.now() - statSync(path).mtimeMs > A_MINUTE_MS) rmSync(path, { force: true });
  }
}

const A_MINUTE_MS = 60_000;

void main();
