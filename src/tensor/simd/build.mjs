// Compiles the AssemblyScript sources of this folder into module.generated.ts: `node src/tensor/simd/build.mjs`.
// With --check it writes nothing, and fails where the generated file does not match the sources.
//
// The sources are called .as and not .ts, because TypeScript, the linter and the formatter would take them for theirs.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('./', import.meta.url);
const generated = fileURLToPath(new URL('module.generated.ts', folder));

/** A hash of all sources, so that a test without the compiler sees that the generated file is older than they are. */
export async function hashSources() {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.as')).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(new URL(name, folder)));
  return hash.digest('hex');
}

/** The text of module.generated.ts as the sources are now. */
export async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const options = [
    'index.ts',
    '--outFile',
    'module.wasm',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
  ];
  const { error, stderr } = await asc.main([...options, '--importMemory', '--initialMemory', '1'], {
    readFile: (name) => readFile(new URL(name.replace(/\.ts$/, '.as'), folder), 'utf8').catch(() => null),
    writeFile: (_name, contents) => void (binary = contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,110}/g);
  return [
    '// Generated from the .as files beside it by `node src/tensor/simd/build.mjs`. Do not edit.',
    `// Sources: ${await hashSources()}`,
    'export const MODULE_BASE64 =',
    lines.map((line) => `  '${line}'`).join(' +\n') + ';',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await compile();
  if (!process.argv.includes('--check')) {
    await writeFile(generated, text);
  } else if ((await readFile(generated, 'utf8')) !== text) {
    throw new Error(`${generated} does not match its sources: run node src/tensor/simd/build.mjs`);
  }
}
