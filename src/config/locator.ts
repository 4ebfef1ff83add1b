import { isAlias, isScalar } from 'yaml';
import type { ParsedNode } from 'yaml';
import type { SourceRange } from '../diagnostics/source.ts';
import { placeOfParam } from './params/params.ts';
import type { Params } from './params/params.ts';
import { cutText, referencePath } from './params/reference.ts';
import type { ReferencePath } from './params/reference.ts';
import { parsePointer } from './schema/pointer.ts';
import { childOf, rangeOf } from './yaml/place.ts';
import type { Place } from './yaml/place.ts';

/** Finds places only when asked: a file without problems pays nothing for its ranges. */
export interface Locator {
  readonly params: Params;
  /** Nodes whose value is not known, as their reference was refused. */
  readonly unknown: ReadonlySet<ParsedNode>;
  /** Where the value of an axis, or a part of it, was written; for a stage that has values of axes. */
  readonly whereInMatrix?: (path: readonly string[], part: 'key' | 'value') => SourceRange | undefined;
}

export interface Located {
  readonly range: SourceRange;
  /** The value is a stand-in for one that is not known: what is wrong with it says nothing. */
  readonly unknown: boolean;
}

/**
 * Where a value is written, starting from a place. Through an alias or a `${…}`, it is where it is used, and `writtenAt` where it
 * comes from. Of a value that is not written at all (a default), the key of the nearest mapping around it.
 */
export function locate(locator: Locator, from: Place, pointer: string, part: 'key' | 'value' = 'value'): Located {
  const segments = parsePointer(pointer);
  let place = from;
  let used: Place | undefined;
  for (const [depth, segment] of segments.entries()) {
    if (isUnknown(locator, place)) return { range: rangeOf(used ?? place), unknown: true };
    if (isAlias(place.node)) used ??= place;
    const param = wholeReference(place);
    if (param !== undefined) {
      const path = [...param.path, ...segments.slice(depth)];
      return { range: filledIn(used ?? place, whereWritten(locator, { ...param, path }, part)), unknown: false };
    }
    const child = childOf(place, segment);
    if (child === undefined) return { range: throughAlias(used, place, 'key'), unknown: false };
    place = child;
  }
  const unknown = isUnknown(locator, place);
  const param = part === 'value' ? anyReference(place) : undefined;
  if (param === undefined) return { range: throughAlias(used, place, part), unknown };
  return { range: filledIn(used ?? place, whereWritten(locator, param, 'value')), unknown };
}

function whereWritten(
  { params, whereInMatrix }: Locator,
  { root, path }: ReferencePath,
  part: 'key' | 'value',
): SourceRange | undefined {
  if (root === 'matrix') return whereInMatrix?.(path, part);
  const place = placeOfParam(params, path);
  return place === undefined ? undefined : rangeOf(place, part);
}

function filledIn(used: Place, writtenAt: SourceRange | undefined): SourceRange {
  return writtenAt === undefined ? rangeOf(used) : { ...rangeOf(used), writtenAt };
}

function throughAlias(used: Place | undefined, place: Place, part: 'key' | 'value'): SourceRange {
  return used === undefined ? rangeOf(place, part) : filledIn(used, rangeOf(place, part));
}

function isUnknown({ unknown }: Locator, { node }: Place): boolean {
  return node !== null && unknown.has(node);
}

/** The reference that is all of this value. */
function wholeReference({ node }: Place): ReferencePath | undefined {
  const text = referring(node);
  const pieces = text === undefined ? [] : cutText(text);
  const [only] = pieces;
  return pieces.length === 1 && only?.kind === 'reference' ? referencePath(only.inside) : undefined;
}

/** The first reference in this value. */
function anyReference({ node }: Place): ReferencePath | undefined {
  const text = referring(node);
  if (text === undefined) return undefined;
  return cutText(text).flatMap((piece) => (piece.kind === 'reference' ? [referencePath(piece.inside)] : []))[0];
}

function referring(node: ParsedNode | null): string | undefined {
  return isScalar(node) && typeof node.value === 'string' && node.value.includes('${') ? node.value : undefined;
}
