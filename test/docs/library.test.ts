import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/** The library as its user's editor sees it: the declarations in dist/types. */
const entry = join(root, 'dist/types/index.d.ts');
const program = ts.createProgram([entry], {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noEmit: true,
});
const checker = program.getTypeChecker();
const exported = exportsOf(entry);

function exportsOf(file: string): readonly { readonly name: string; readonly symbol: ts.Symbol }[] {
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error('dist/types is not built: npm run build');
  return checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    symbol: (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
  }));
}

function documentation(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

function tagsOf(symbol: ts.Symbol): readonly string[] {
  return symbol.getJsDocTags(checker).map(({ name }) => name);
}

/** What the declaration itself lists, and not what it takes from elsewhere. */
function membersOf(symbol: ts.Symbol): readonly ts.Symbol[] {
  const nodes = (symbol.declarations ?? []).flatMap(typeLiterals);
  return nodes
    .flatMap((node) => node.members)
    .flatMap((member) => {
      const found = member.name === undefined ? undefined : checker.getSymbolAtLocation(member.name);
      return found === undefined ? [] : [found];
    });
}

function typeLiterals(node: ts.Node): readonly (ts.InterfaceDeclaration | ts.TypeLiteralNode)[] {
  if (ts.isInterfaceDeclaration(node)) return [node];
  const below: (ts.InterfaceDeclaration | ts.TypeLiteralNode)[] = ts.isTypeLiteralNode(node) ? [node] : [];
  node.forEachChild((child) => void below.push(...typeLiterals(child)));
  return below;
}

function isNumber(symbol: ts.Symbol): boolean {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return false;
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, declaration));
  return (type.flags & ts.TypeFlags.NumberLike) !== 0;
}

describe('what the library exports', () => {
  test('its declarations are whole: they compile strictly, without the types of TensorFlow.js', () => {
    const host = { ...ts.createCompilerHost({}), getCurrentDirectory: () => root };
    expect(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host)).toBe('');
    const files = program.getSourceFiles().map(({ fileName }) => fileName);
    expect(files.filter((file) => file.includes('@tensorflow'))).toEqual([]);
  });

  test('each export says what it is', () => {
    expect(exported.filter(({ symbol }) => documentation(symbol) === '').map(({ name }) => name)).toEqual([]);
  });

  test('each function says what it gives and what it throws', () => {
    const functions = exported.filter(({ symbol }) => (symbol.flags & ts.SymbolFlags.Function) !== 0);
    expect(functions.length).toBeGreaterThan(5);
    const lacking = functions.flatMap(({ name, symbol }) =>
      ['returns', 'throws'].filter((tag) => !tagsOf(symbol).includes(tag)).map((tag) => `${name}: @${tag}`),
    );
    expect(lacking).toEqual([]);
  });

  test('each number says its unit, or what it counts', () => {
    const numbers = exported.flatMap(({ name, symbol }) =>
      membersOf(symbol)
        .filter(isNumber)
        .map((member) => ({ name: `${name}.${member.name}`, member })),
    );
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.filter(({ member }) => documentation(member) === '').map(({ name }) => name)).toEqual([]);
  });

  test('docs/library.md names each export, and nothing that is none', () => {
    const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
    expect(exported.map(({ name }) => name).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    const imported = [...text.matchAll(/import (?:type )?\{([^}]*)\} from 'distill-pipeline'/g)];
    const names = imported.flatMap(([, list = '']) => list.split(',').map((name) => name.replace('type', '').trim()));
    const known = exported.map(({ name }) => name);
    expect(names.filter((name) => name !== '' && !known.includes(name))).toEqual([]);
  });
});
