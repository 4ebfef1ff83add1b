import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { handInImport } from '../base/import-module.ts';

/**
 * The command's entry. It loads the program, a CommonJS file beside it, with the code that V8 compiled the last time: compiling
 * takes a quarter of a run with nothing to do, and Node keeps compiled code by itself only since 22. A run with nothing to do is a
 * small program of its own.
 */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const again = load<typeof import('./again.ts')>('again.cjs');
  if (await again.program.runCommandAgain(args)) {
    again.keepCompiled();
    return;
  }
  const all = load<typeof import('./command-line.ts')>('command-line.cjs');
  await all.program.runCommandLine(args);
  all.keepCompiled();
}

interface Loaded<Program> {
  readonly program: Program;
  /** After it ran: only what was called is compiled. */
  keepCompiled(): void;
}

function load<Program>(name: string): Loaded<Program> {
  const file = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const stamp = stampOf(file);
  const compiled = compiledBefore(file, stamp);
  // The build writes nothing but ASCII, which is read much faster than UTF-8.
  const source = `(function (exports, require, module, __filename) {${readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, {
    filename: file,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  });
  handInImport((address) => import(address));
  const module = { exports: {} };
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run(module.exports, createRequire(file), module, file);
  return {
    program: module.exports as Program,
    keepCompiled() {
      if (compiled === undefined || script.cachedDataRejected === true) keep(file, stamp, script.createCachedData());
    },
  };
}

/**
 * What compiled code belongs to. V8 itself looks at its version, its flags and the mere length of the source, so that a changed
 * program of the same length would run its old code. As long as every other one: what follows it stays aligned.
 */
function stampOf(file: string): Buffer {
  const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
  const words = [process.version, process.arch, ino, size, mtimeNs, ctimeNs].join(' ');
  return Buffer.from(words.padEnd(STAMP_BYTES));
}

const STAMP_BYTES = 256;

function compiledBefore(file: string, stamp: Buffer): Buffer | undefined {
  try {
    const kept = readFileSync(cacheOf(file));
    return kept.subarray(0, STAMP_BYTES).equals(stamp) ? kept.subarray(STAMP_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

function keep(file: string, stamp: Buffer, compiled: Buffer): void {
  const temporary = `${cacheOf(file)}.${process.pid}.tmp`;
  try {
    sweep(file);
    writeFileSync(temporary, Buffer.concat([stamp, compiled]), { flag: 'wx' });
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
