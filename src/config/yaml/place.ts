import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Pair, ParsedNode, YAMLMap } from 'yaml';
import type { SourceRange } from '../../diagnostics/source.ts';
import type { YamlDocument } from './parse.ts';

/** A value in a document, and the key that it stands under, if it stands under one. */
export interface Place {
  readonly document: YamlDocument;
  readonly node: ParsedNode | null;
  readonly key?: ParsedNode | undefined;
}

type Part = 'key' | 'value';

export function rootOf(document: YamlDocument): Place {
  return { document, node: document.root };
}

/** The place of a member of a mapping (with what `<<` merges into it) or of an item of a list. */
export function childOf(place: Place, segment: string): Place | undefined {
  const { document } = place;
  const node = target(document, place.node);
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { document, node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = pairsOf(node).find(({ key }) => keyName(key) === segment);
  if (pair !== undefined) return { document, node: pair.value, key: pair.key };
  for (const merged of mergedInto(document, node)) {
    const found = childOf({ document, node: merged }, segment);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The members of a mapping as written, without those that `<<` merges in. */
export function membersOf(place: Place): { readonly name: string; readonly place: Place }[] {
  const { document } = place;
  const node = target(document, place.node);
  if (!isMap(node)) return [];
  return pairsOf(node).flatMap(({ key, value }) => {
    const name = keyName(key);
    return name === undefined || name === mergeKey ? [] : [{ name, place: { document, node: value, key } }];
  });
}

export const mergeKey = '<<';

/** What the `<<` of a mapping names: one mapping or a list of them, of which the first has precedence. */
function mergedInto(document: YamlDocument, map: YAMLMap): readonly (ParsedNode | null)[] {
  const pair = pairsOf(map).find(({ key }) => keyName(key) === mergeKey);
  if (pair === undefined) return [];
  const value = target(document, pair.value);
  return isSeq(value) ? value.items : [value];
}

/** Through an alias to what it stands for. */
export function target(document: YamlDocument, node: ParsedNode | null): ParsedNode | null {
  return isAlias(node) ? (document.aliases.get(node) ?? null) : node;
}

export function pairsOf(map: YAMLMap): readonly Pair<ParsedNode, ParsedNode | null>[] {
  return map.items as Pair<ParsedNode, ParsedNode | null>[];
}

/** Keys are texts: `1:` is the key "1", as in JSON. */
export function keyName(key: ParsedNode | null): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** The stretch of the source; of the nearest thing with one where a value was left empty. */
export function rangeOf(place: Place, part: Part = 'value'): SourceRange {
  const { source } = place.document;
  const { node, key } = place;
  const written = node !== null && node.range[1] > node.range[0];
  const [start, end] = (part === 'key' || !written ? (key ?? node) : node)?.range ?? [0, 1];
  if (part === 'key' && key === undefined && isMap(node)) return firstKey(place, { source, start, end });
  return { source, start, end: Math.max(end, start + 1) };
}

/** A mapping without a key of its own (an item of a list, the whole file) is pointed to by its first key. */
function firstKey(place: Place, whole: SourceRange): SourceRange {
  const key = isMap(place.node) ? pairsOf(place.node)[0]?.key : undefined;
  return key === undefined ? whole : { source: whole.source, start: key.range[0], end: key.range[1] };
}
