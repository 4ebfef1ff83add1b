import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { handInImport } from '../base/import-module.ts';

/**
 * The command's entry. It loads the program, one CommonJS file beside it, with the code that V8 compiled the last time: compiling
 * takes a quarter of a run with nothing to do, and Node keeps compiled code by itself only since 22.
 */
type Program = typeof import('./command-line.ts');

const file = fileURLToPath(new URL('./command-line.cjs', import.meta.url));
const cacheFile = `${file}.cache`;

async function main(): Promise<void> {
  const stamp = stampOfProgram();
  const compiled = compiledBefore(stamp);
  // The build writes nothing but ASCII, which is read much faster than UTF-8.
  const source = `(function (exports, require, module, __filename) {${readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, {
    filename: file,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  });
  handInImport((address) => import(address));
  const module: { exports: Partial<Program> } = { exports: {} };
  const load = script.runInThisContext() as (...args: unknown[]) => void;
  load(module.exports, createRequire(file), module, file);
  await (module.exports as Program).runCommandLine(process.argv.slice(2));
  if (compiled === undefined || script.cachedDataRejected === true) keep(stamp, script.createCachedData());
}

/**
 * What compiled code belongs to. V8 itself looks at its version, its flags and the mere length of the source, so that a changed
 * program of the same length would run its old code. As long as every other one: what follows it stays aligned.
 */
function stampOfProgram(): Buffer {
  const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
  const words = [process.version, process.arch, ino, size, mtimeNs, ctimeNs].join(' ');
  return Buffer.from(words.padEnd(STAMP_BYTES));
}

const STAMP_BYTES = 256;

function compiledBefore(stamp: Buffer): Buffer | undefined {
  try {
    const kept = readFileSync(cacheFile);
    return kept.subarray(0, STAMP_BYTES).equals(stamp) ? kept.subarray(STAMP_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

function keep(stamp: Buffer, compiled: Buffer): void {
  const temporary = `${cacheFile}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([stamp, compiled]), { flag: 'wx' });
    renameSync(temporary, cacheFile);
  } catch {
    // The program's folder may be somebody else's, or its disk full: then every start compiles, as it would without.
    rmSync(temporary, { force: true });
  }
}

void main();
