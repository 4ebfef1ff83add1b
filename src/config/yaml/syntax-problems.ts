import { isCollection, isPair, isScalar } from 'yaml';
import type { Document, ErrorCode, Node, YAMLError } from 'yaml';
import { lineColumn } from '../../diagnostics/position.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Source, SourceRange } from '../../diagnostics/source.ts';

/** What the YAML parser did not understand, one problem a line: the first error of a line makes most of those after it. */
export function syntaxProblems(source: Source, documents: readonly Document.Parsed[]): Problem[] {
  const problems: Problem[] = [];
  const lines = new Set<number>();
  for (const document of documents.slice(0, 1)) {
    for (const error of [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])) {
      const problem = syntaxProblem(source, document, error);
      const { line } = lineColumn(source, problem.where.start);
      if (!lines.has(line)) problems.push(problem);
      lines.add(line);
    }
    const version = document.directives.yaml.explicit === true ? document.directives.yaml.version : '1.2';
    if (version !== '1.2') problems.push(oldVersion(source, version));
  }
  const second = documents[1];
  if (problems.length === 0 && second !== undefined) problems.push(severalDocuments(source, second));
  return problems;
}

type Located = Problem & { readonly where: SourceRange };

function syntaxProblem(source: Source, document: Document.Parsed, error: YAMLError): Located {
  return (
    referenceInFlow(source, error) ??
    unclosed(source, document, error) ?? {
      code: 'yaml-syntax',
      ...words(error, source),
      where: rangeOfError(source, error),
    }
  );
}

/** From the first character that is seen, but for blanks that are what is wrong. */
function rangeOfError(source: Source, { code, pos: [from, to] }: YAMLError): SourceRange {
  const blanks = code === 'TAB_AS_INDENT' ? 0 : (/^[ \t]*/.exec(source.text.slice(from, from + 200))?.[0].length ?? 0);
  const start = from + blanks;
  return { source, start, end: Math.max(start + 1, to) };
}

/** `{ temperature: ${params.temperature} }`: to YAML the brace opens a mapping. */
function referenceInFlow(source: Source, error: YAMLError): Located | undefined {
  const brace = error.pos[0];
  if (source.text[brace] !== '{' || source.text[brace - 1] !== '$') return undefined;
  const reference = /^\{[^{}\n]*\}/.exec(source.text.slice(brace))?.[0] ?? '{';
  return {
    code: 'yaml-syntax',
    message: `$${reference} between { } or [ ] must be quoted, because YAML reads its brace as a mapping`,
    hint: `write "$${reference}", or write the mapping over several lines`,
    where: { source, start: brace - 1, end: brace + reference.length },
  };
}

/** YAML notices a missing quote or bracket at the end of the file; a person looks for where it opened. */
function unclosed(source: Source, document: Document.Parsed, error: YAMLError): Located | undefined {
  const flow = error.message.startsWith('Flow') && error.message.includes('end with a');
  const quote = error.code === 'MISSING_CHAR' && error.message.startsWith('Missing closing');
  if (!flow && !quote) return undefined;
  const node = innermost(document.contents, error.pos[0], (candidate) =>
    flow ? isCollection(candidate) && candidate.flow === true : isScalar(candidate),
  );
  const start = node?.range?.[0];
  if (start === undefined) return undefined;
  const opening = source.text[start] ?? '';
  return {
    code: 'yaml-syntax',
    message: `this ${opening} is never closed`,
    where: { source, start, end: start + 1 },
  };
}

function innermost(root: unknown, offset: number, fits: (node: Node) => boolean): Node | undefined {
  let found: Node | undefined;
  const remaining: unknown[] = [root];
  while (remaining.length > 0) {
    const node = remaining.pop() as Node | null | undefined;
    if (isPair(node)) remaining.push(node.key, node.value);
    else if (node?.range != null && node.range[0] <= offset && offset <= node.range[2]) {
      if (fits(node) && (found?.range?.[0] ?? -1) < node.range[0]) found = node;
      if (isCollection(node)) remaining.push(...node.items);
    }
  }
  return found;
}

/** In our words where people meet the error, in the parser's own where they hardly do. */
function words(error: YAMLError, source: Source): { message: string; hint?: string } {
  const character = source.text[error.pos[0]] ?? '';
  const known: Partial<Record<ErrorCode, { message: string; hint?: string }>> = {
    TAB_AS_INDENT: { message: 'a tab may not indent in YAML', hint: 'indent with spaces' },
    BAD_SCALAR_START: { message: `a value may not begin with ${character}`, hint: `quote it: "${character}…"` },
    BLOCK_AS_IMPLICIT_KEY: {
      message: 'a second "key:" may not stand on this line',
      hint: 'quote the value if it holds ": ", or begin a new line, indented further',
    },
    MULTILINE_IMPLICIT_KEY: {
      message: 'a key must stand on one line',
      hint: 'a ":" may be missing, or the line is indented wrongly',
    },
    TAG_RESOLVE_FAILED: { message: 'YAML tags are not used here', hint: 'leave the tag out' },
    BAD_INDENT: {
      message: 'what belongs together must begin in the same column',
      hint: 'look at the blanks before it',
    },
    BAD_ALIAS: { message: 'an alias or anchor needs a name' },
  };
  return known[error.code] ?? { message: `not YAML: ${lowerFirst(error.message)}` };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function oldVersion(source: Source, version: string): Problem {
  const start = Math.max(0, source.text.indexOf('%YAML'));
  return {
    code: 'yaml-syntax',
    message: `a definition is YAML 1.2, not ${version}`,
    hint: 'leave the %YAML line out',
    where: { source, start, end: start + `%YAML ${version}`.length },
  };
}

function severalDocuments(source: Source, second: Document.Parsed): Problem {
  const [start] = second.range;
  return {
    code: 'yaml-syntax',
    message: 'a second YAML document begins here, and a definition is one',
    hint: 'leave the "---" out, or move the rest into a file of its own',
    where: { source, start, end: start + 3 },
  };
}
