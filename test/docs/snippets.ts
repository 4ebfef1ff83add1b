import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A block of code in a document. */
export interface Snippet {
  readonly document: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** The first word behind the fence; none of a block that is only indented. */
  readonly language: string | undefined;
  /** The rest of that line: a file's name, in most. */
  readonly argument: string;
  readonly text: string;
}

/** Every document that a person reads to use the program, by its path in the repository. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...markdownIn('docs'),
  ...markdownIn('examples'),
];

function markdownIn(folder: string): string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path}`)
    .sort();
}

export function snippetsOf(document: string): readonly Snippet[] {
  return snippetsIn(readFileSync(join(root, document), 'utf8'), document);
}

/** As CommonMark has them, but for blocks in lists, which are written without indentation of their own here. */
export function snippetsIn(text: string, document: string): readonly Snippet[] {
  const lines = text.split('\n');
  const snippets: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)(`{3,})([^\s`]*) *(.*)$/.exec(lines[at] ?? '');
    if (fence !== null) {
      const [, indent = '', ticks = '', language = '', argument = ''] = fence;
      const end = lines.findIndex((line, index) => index > at && line.trim() === ticks);
      if (end === -1) throw new Error(`${document}:${at + 1}: a fence that nothing closes`);
      const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
      snippets.push({ document, line: at + 2, language, argument: argument.trim(), text: `${code.join('\n')}\n` });
      at = end;
    } else if (isIndented(lines[at]) && (lines[at - 1] ?? '').trim() === '' && !isInList(lines, at)) {
      let end = at;
      while (isIndented(lines[end]) || (lines[end]?.trim() === '' && isIndented(lines[end + 1]))) end++;
      const code = lines.slice(at, end).map((line) => line.slice(4));
      snippets.push({ document, line: at + 1, language: undefined, argument: '', text: `${code.join('\n')}\n` });
      at = end - 1;
    }
  }
  return snippets;
}

function isIndented(line: string | undefined): boolean {
  return line !== undefined && /^ {4}.*\S/.test(line);
}

/** The nearest line that begins at the margin begins an item. */
function isInList(lines: readonly string[], at: number): boolean {
  const margin = lines.slice(0, at).findLast((line) => /^\S/.test(line));
  return margin !== undefined && /^(?:[-*+]|\d+\.) /.test(margin);
}

/** The command lines of a block: in one with prompts what follows them, else every line that is no comment. */
export function commandsOf({ text }: Snippet): readonly string[] {
  const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n');
  const prompted = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  if (prompted.length > 0) return prompted;
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
