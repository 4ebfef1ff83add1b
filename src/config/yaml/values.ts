import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { SourceRange } from '../../diagnostics/source.ts';
import type { YamlDocument } from './parse.ts';
import { keyName, mergeKey, pairsOf, rangeOf, target } from './place.ts';

/** Turns nodes into JSON, and says what JSON or we do not allow. */
export interface ValueReader {
  readonly document: YamlDocument;
  readonly problems: Problem[];
  /** Gives the value of a text that holds `${`. */
  readonly fill: (text: string, node: ParsedNode) => JsonValue;
  /** What aliases stand for is read once, so that its problems are told once. */
  readonly read: Map<ParsedNode, JsonValue>;
  /** Nodes whose value was refused; a stand-in is read for them, which nobody should look at. */
  readonly unknown: Set<ParsedNode>;
}

export interface ValueReaderOptions extends Pick<ValueReader, 'problems' | 'fill'> {
  readonly unknown?: Set<ParsedNode>;
}

export function valueReader(document: YamlDocument, options: ValueReaderOptions): ValueReader {
  return { document, read: new Map(), unknown: new Set(), ...options };
}

export function readValue(reader: ValueReader, node: ParsedNode | null): JsonValue {
  if (node === null) return null;
  if (isAlias(node)) return readValue(reader, target(reader.document, node));
  if (node.anchor === undefined) return readNode(reader, node);
  const before = reader.read.get(node);
  if (before !== undefined) return before;
  const value = readNode(reader, node);
  reader.read.set(node, value);
  return value;
}

function readNode(reader: ValueReader, node: ParsedNode): JsonValue {
  if (node.tag !== undefined && !coreTags.has(node.tag)) {
    reader.unknown.add(node);
    refuse(reader, node, {
      code: 'yaml-syntax',
      message: `the tag ${shortTag(node.tag)} is not used here`,
      hint: 'leave the tag out',
    });
  }
  if (isScalar(node)) return readScalar(reader, node);
  if (isMap(node)) return readMap(reader, node);
  return isSeq(node) ? readList(reader, node) : null;
}

function readList(reader: ValueReader, list: YAMLSeq): JsonValue {
  return list.items.map((item) => readValue(reader, item as ParsedNode | null));
}

function readScalar(reader: ValueReader, node: Scalar.Parsed): JsonValue {
  const value: unknown = node.value;
  if (typeof value === 'string') return value.includes('${') ? reader.fill(value, node) : value;
  if (typeof value === 'number') return readNumber(reader, node, value);
  return typeof value === 'boolean' ? value : null;
}

function readNumber(reader: ValueReader, node: Scalar.Parsed, value: number): number {
  if (!Number.isFinite(value)) {
    reader.unknown.add(node);
    refuse(reader, node, { code: 'wrong-value', message: `expected a finite number, found ${node.source}` });
    return 0;
  }
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[-+]?(?:\d+|0[xo][\da-f]+)$/i.test(node.source)) {
    reader.unknown.add(node);
    refuse(reader, node, {
      code: 'wrong-value',
      message: `the integer ${node.source} is too large to be kept exactly; the largest is ${Number.MAX_SAFE_INTEGER}`,
      hint: 'quote it if it is a name',
    });
  }
  return value;
}

/**
 * A mapping's members, with what `<<` merges into it.
 * @param read what a member's value is
 */
export function readMap(
  reader: ValueReader,
  map: YAMLMap,
  read: (node: ParsedNode | null, name: string) => JsonValue = (node) => readValue(reader, node),
): JsonObject {
  const object: Record<string, JsonValue> = {};
  for (const { key, value } of pairsOf(map)) {
    const name = readKey(reader, map, key);
    if (name === undefined) continue;
    if (Object.hasOwn(object, name)) refuseDuplicate(reader, map, name, key);
    else object[name] = read(value, name);
  }
  return Object.hasOwn(object, mergeKey) ? mergeInto(reader, map, object) : object;
}

/** `<<: *base` takes over the keys that the mapping does not have itself, as in YAML 1.1, because people use it. */
function mergeInto(reader: ValueReader, map: YAMLMap, own: Record<string, JsonValue>): JsonObject {
  const { [mergeKey]: bases, ...object } = own;
  for (const merged of Array.isArray(bases) ? (bases as JsonValue[]) : [bases]) {
    if (isJsonObject(merged)) {
      for (const [name, value] of Object.entries(merged)) if (!Object.hasOwn(object, name)) object[name] = value;
    } else {
      const key = pairsOf(map).find((pair) => keyName(pair.key) === mergeKey)?.key;
      refuse(reader, key ?? (map as ParsedNode), {
        code: 'wrong-type',
        message: '<< merges a mapping or a list of mappings, and this is neither',
      });
    }
  }
  return object;
}

function readKey(reader: ValueReader, map: YAMLMap, key: ParsedNode | null): string | undefined {
  const name = keyName(key);
  if (key === null || name === undefined || name === '') {
    refuse(reader, key ?? (map as ParsedNode), { code: 'yaml-syntax', message: 'a key must be a text' });
    return undefined;
  }
  if (forbidden.has(name)) {
    refuse(reader, key, {
      code: 'forbidden-key',
      message: `"${name}" may not be a key`,
      hint: 'the name has a meaning of its own in JavaScript',
    });
    return undefined;
  }
  if (name.includes('${')) {
    refuse(reader, key, { code: 'bad-reference', message: '${…} may stand in values, not in keys' });
    return undefined;
  }
  return name;
}

function refuseDuplicate(reader: ValueReader, map: YAMLMap, name: string, key: ParsedNode): void {
  const first = pairsOf(map).find((pair) => keyName(pair.key) === name)?.key;
  const where = nodeRange(reader, key);
  reader.problems.push({
    code: 'duplicate-key',
    message: `the key "${name}" stands here a second time`,
    where,
    hint: 'leave one of them out',
    ...(first === undefined ? {} : { related: [{ message: 'the first one', where: nodeRange(reader, first) }] }),
  });
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

const prefix = 'tag:yaml.org,2002:';
const coreTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => prefix + name));

function shortTag(tag: string): string {
  return tag.startsWith(prefix) ? `!!${tag.slice(prefix.length)}` : tag;
}

function refuse(reader: ValueReader, node: ParsedNode, problem: Pick<Problem, 'code' | 'message' | 'hint'>): void {
  reader.problems.push({ ...problem, where: nodeRange(reader, node) });
}

function nodeRange({ document }: ValueReader, node: ParsedNode): SourceRange {
  return rangeOf({ document, node });
}
