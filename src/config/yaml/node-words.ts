import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { ParsedNode } from 'yaml';
import { pairsOf } from './place.ts';

/** A tree of nodes as numbers, and what numbers cannot say: made back into a tree at a tenth of what parsing its text takes. */
export interface NodeWords {
  /** For each node in order of the text: its kind and the three ends of its range; of a collection the number of members, too. */
  readonly words: readonly number[];
  /** For each node that has some, in the same order. */
  readonly extras: readonly Extra[];
}

interface Extra {
  readonly value?: string | number | boolean | null;
  readonly source?: string;
  readonly tag?: string;
  readonly anchor?: string;
}

const ABSENT = 0;
/** A text that stands in the source as it is. */
const PLAIN = 1;
const SCALAR = 2;
const MAP = 3;
const LIST = 4;
const ALIAS = 5;
/** Added to the kind of a node with an extra. */
const WITH_EXTRA = 8;

/** Undefined where a value is none that JSON holds: such a tree is not worth it. */
export function wordsOf(root: ParsedNode | null, text: string): NodeWords | undefined {
  const written: Writing = { text, words: [], extras: [] };
  return write(written, root) ? written : undefined;
}

interface Writing {
  readonly text: string;
  readonly words: number[];
  readonly extras: Extra[];
}

/** @returns whether all of it could be written */
function write(writing: Writing, node: ParsedNode | null): boolean {
  const { words } = writing;
  if (node === null) {
    words.push(ABSENT);
    return true;
  }
  if (isScalar(node)) return writeScalar(writing, node);
  if (isAlias(node)) {
    put(writing, ALIAS, node, { source: node.source });
    return true;
  }
  put(writing, isMap(node) ? MAP : LIST, node, named(node));
  words.push(node.items.length);
  if (isMap(node)) return pairsOf(node).every(({ key, value }) => write(writing, key) && write(writing, value));
  return isSeq(node) && node.items.every((item) => write(writing, item as ParsedNode | null));
}

function writeScalar(writing: Writing, node: Extract<ParsedNode, { value: unknown }>): boolean {
  const { value, source } = node;
  const text = writing.text.slice(node.range[0], node.range[1]);
  const name = named(node);
  if (value === text && source === text) put(writing, PLAIN, node, name);
  else if (isKeepable(value)) put(writing, SCALAR, node, { value, source, ...name });
  else return false;
  return true;
}

function put({ words, extras }: Writing, kind: number, { range }: ParsedNode, extra: Extra): void {
  const has = Object.keys(extra).length > 0;
  words.push(has ? kind + WITH_EXTRA : kind, range[0], range[1], range[2]);
  if (has) extras.push(extra);
}

function named({ tag, anchor }: Pick<ParsedNode, 'tag'> & { anchor?: string }): Extra {
  return { ...(tag === undefined ? {} : { tag }), ...(anchor === undefined ? {} : { anchor }) };
}

function isKeepable(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

/** What the library asks a node for its kind by. */
const NODE_TYPE = Symbol.for('yaml.node.type');

/** As the library's own nodes are, in so far as anybody looks at them. */
class KeptNode {
  readonly range: readonly [number, number, number];
  readonly tag: string | undefined;
  readonly anchor: string | undefined;

  constructor(range: readonly [number, number, number], extra: Extra | undefined) {
    this.range = range;
    this.tag = extra?.tag;
    this.anchor = extra?.anchor;
  }
}

class KeptScalar extends KeptNode {
  value: unknown;
  source: string | undefined;
}

class KeptCollection extends KeptNode {
  readonly items: unknown[] = [];
}

class KeptMap extends KeptCollection {}
class KeptList extends KeptCollection {}

class KeptAlias extends KeptNode {
  source = '';
}

class KeptPair {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;

  constructor(key: ParsedNode | null, value: ParsedNode | null) {
    this.key = key;
    this.value = value;
  }
}

for (const [kept, type] of [
  [KeptScalar, 'yaml.scalar'],
  [KeptMap, 'yaml.map'],
  [KeptList, 'yaml.seq'],
  [KeptAlias, 'yaml.alias'],
  [KeptPair, 'yaml.pair'],
] as const) {
  Object.defineProperty(kept.prototype, NODE_TYPE, { value: Symbol.for(type) });
}

/** @param text of which the words were made */
export function treeOf(text: string, words: ArrayLike<number>, extras: readonly Extra[]): ParsedNode | null {
  let [at, nextExtra] = [0, 0];
  return read();

  function read(): ParsedNode | null {
    const word = next();
    if (word === ABSENT) return null;
    const range = [next(), next(), next()] as const;
    const extra = word >= WITH_EXTRA ? extras[nextExtra++] : undefined;
    return nodeOf(word % WITH_EXTRA, range, extra) as unknown as ParsedNode;
  }

  function nodeOf(kind: number, range: readonly [number, number, number], extra: Extra | undefined): KeptNode {
    switch (kind) {
      case PLAIN:
      case SCALAR: {
        const scalar = new KeptScalar(range, extra);
        scalar.value = kind === PLAIN ? text.slice(range[0], range[1]) : extra?.value;
        scalar.source = kind === PLAIN ? (scalar.value as string) : extra?.source;
        return scalar;
      }
      case ALIAS: {
        const alias = new KeptAlias(range, undefined);
        alias.source = extra?.source ?? '';
        return alias;
      }
      default: {
        const collection = kind === MAP ? new KeptMap(range, extra) : new KeptList(range, extra);
        for (let left = next(); left > 0; left--) collection.items.push(kind === MAP ? pair() : read());
        return collection;
      }
    }
  }

  function pair(): KeptPair {
    const key = read();
    return new KeptPair(key, read());
  }

  function next(): number {
    return words[at++] ?? ABSENT;
  }
}
