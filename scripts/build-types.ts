/**
 * Builds dist/types: the declarations of the library, as far as what `src/index.ts` exports reaches. Types are checked by
 * `npm run check`, so here they are only written out.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const outDir = resolve('dist/types');
const entry = 'src/index.ts';

async function main(): Promise<void> {
  const declarations = emitted();
  await rm(outDir, { recursive: true, force: true });
  for (const path of reached(join(outDir, 'index.d.ts'), declarations)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, declarations.get(path) ?? '');
  }
}

/** The declarations of all that the entry imports, by their paths. */
function emitted(): ReadonlyMap<string, string> {
  const read = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, '.');
  const program = ts.createProgram([entry], {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: resolve('src'),
    outDir,
  });
  const texts = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => texts.set(resolve(path), text));
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, host));
  return texts;
}

const host: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => process.cwd(),
  getCanonicalFileName: (path) => path,
  getNewLine: () => '\n',
};

/** Most of what the program imports is in no declaration of what it exports. */
function reached(from: string, declarations: ReadonlyMap<string, string>): ReadonlySet<string> {
  const found = new Set([from]);
  for (const path of found) {
    const text = declarations.get(path);
    if (text === undefined) throw new Error(`${relative('.', path)} is imported, but was not written`);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) found.add(resolve(dirname(path), fileName.replace(/\.ts$/, '.d.ts')));
    }
  }
  return found;
}

await main();
