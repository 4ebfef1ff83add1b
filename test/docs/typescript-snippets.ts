import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Snippet } from './snippets.ts';

const root = join(import.meta.dirname, '../..');

/**
 * What the compiler says of TypeScript in documents, as somebody reads it who has installed the package: by its declarations in
 * dist/types, strictly. The snippets of a document that name a file are one program, and may import each other.
 */
export async function wrongInTypeScript(snippets: readonly Snippet[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'snippets-'));
  try {
    await mkdir(join(folder, 'node_modules'));
    await symlink(root, join(folder, 'node_modules/distill-pipeline'));
    await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const places = new Map<string, Snippet>();
    for (const snippet of snippets) {
      const name = snippet.argument === '' ? `line-${snippet.line}.ts` : snippet.argument;
      const path = join(folder, snippet.document.replaceAll(/\W/g, '-'), name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, snippet.text);
      places.set(path, snippet);
    }
    const program = ts.createProgram([...places.keys()], options);
    return ts.getPreEmitDiagnostics(program).map((found) => inWords(found, places));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

function inWords(found: ts.Diagnostic, places: ReadonlyMap<string, Snippet>): string {
  const message = ts.flattenDiagnosticMessageText(found.messageText, '\n');
  if (found.file === undefined) return message;
  const snippet = places.get(found.file.fileName);
  const { line } = found.file.getLineAndCharacterOfPosition(found.start ?? 0);
  const place = snippet === undefined ? found.file.fileName : `${snippet.document}:${snippet.line + line}`;
  return `${place}: ${message}`;
}
