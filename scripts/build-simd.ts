/**
 * Compiles the AssemblyScript sources of src/tensor/simd/ into module.generated.ts: `npm run build:simd`. The result is committed, so
 * that a build needs no compiler; a test compiles again and compares.
 *
 * The sources are called .as and not .ts, because TypeScript, the linter and the formatter would take them for theirs.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('../src/tensor/simd/', import.meta.url);
export const generatedModule = fileURLToPath(new URL('module.generated.ts', folder));

/** The text of module.generated.ts as the sources are now. */
export async function compileSimdModule(): Promise<string> {
  const base64 = Buffer.from(await compile()).toString('base64');
  const lines = base64.match(/.{1,110}/g) ?? [];
  return [
    '// Generated from the .as files beside it by `npm run build:simd`. Do not edit.',
    `// Sources: ${await hashSources()}`,
    'export const MODULE_BASE64 =',
    lines.map((line) => `  '${line}'`).join(' +\n') + ';',
    '',
  ].join('\n');
}

/** Of the compiler, as much as is used here: its own types would change those of JavaScript's arrays in the whole project. */
interface Compiler {
  main(
    args: string[],
    system: object,
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

async function compile(): Promise<Uint8Array> {
  const { default: compiler } = (await import(['assemblyscript', 'asc'].join('/'))) as { default: Compiler };
  let binary: Uint8Array | undefined;
  const files = ['index.ts', '--outFile', 'module.wasm'];
  const options = [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--initialMemory',
    '1',
  ];
  const { error, stderr } = await compiler.main([...files, ...options], {
    readFile: (file: string) => readFile(new URL(file.replace(/\.ts$/, '.as'), folder), 'utf8').catch(() => null),
    writeFile: (_name: string, contents: Uint8Array) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  if (binary === undefined) throw new Error('the compiler wrote no module');
  return binary;
}

async function hashSources(): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.as')).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(new URL(name, folder)));
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(generatedModule, await compileSimdModule());
