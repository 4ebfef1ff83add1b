import { Composer, Lexer, Parser } from 'yaml';
import type { Alias, Document, ParsedNode } from 'yaml';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Source } from '../../diagnostics/source.ts';
import { resolveAliases } from './aliases.ts';
import { syntaxProblems } from './syntax-problems.ts';

/** A source that is one YAML 1.2 document without syntax errors. Its values are not looked at yet. */
export interface YamlDocument {
  readonly source: Source;
  readonly root: ParsedNode | null;
  /** What each `*alias` stands for. */
  readonly aliases: ReadonlyMap<Alias, ParsedNode>;
}

export interface ParsedYaml {
  /** Absent beside problems. */
  readonly document?: YamlDocument;
  readonly problems: readonly Problem[];
}

/** Deeper than any definition, and far from where recursion over the tree ends the process. */
const deepest = 100;

/** JSON is YAML, so it is read by the same way. */
export function parseYaml(source: Source): ParsedYaml {
  const control = controlCharacter(source);
  if (control !== undefined) return { problems: [control] };
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const documents: Document.Parsed[] = [];
  try {
    for (const token of tokens(source)) documents.push(...composer.next(token));
    documents.push(...composer.end(true, source.text.length));
  } catch (error) {
    if (error instanceof TooDeep) return { problems: [tooDeep(source, error.offset)] };
    throw error;
  }
  const problems = syntaxProblems(source, documents);
  const [first] = documents;
  if (problems.length > 0 || first === undefined) return { problems };
  const resolved = resolveAliases(source, first.contents);
  if (resolved.problems.length > 0) return { problems: resolved.problems };
  return { document: { source, root: first.contents, aliases: resolved.aliases }, problems };
}

/** The parser itself keeps a stack, but what composes its tokens recurses: depth is limited between the two. */
function* tokens(source: Source) {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(source.text)) {
    yield* parser.next(lexeme);
    // The document itself, and for each level a mapping or list.
    if (parser.stack.length > deepest + 1) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('nested too deeply');
    this.offset = offset;
  }
}

function tooDeep(source: Source, offset: number): Problem {
  return {
    code: 'yaml-syntax',
    message: `more than ${deepest} mappings and lists stand inside one another here`,
    where: { source, start: Math.max(0, offset - 1), end: offset },
  };
}

/** YAML allows none of them, but the parser does; in a key or a name they would deceive. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

function controlCharacter(source: Source): Problem | undefined {
  const start = source.text.search(control);
  if (start === -1) return undefined;
  const name = `U+${(source.text.codePointAt(start) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    code: 'yaml-syntax',
    message: `the control character ${name} may not stand in a definition`,
    where: { source, start, end: start + 1 },
  };
}
