import { canonicalJson } from '../base/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Preimage } from '../core/preimage.ts';

export type KeyComponent = 'type' | 'code' | 'options' | 'inputs' | 'files' | 'seed' | 'env' | 'node' | 'environment';

export interface KeyDifference {
  readonly component: KeyComponent;
  /**
   * Where, relative to the stage: `/with/distillation/temperature` for options, `/needs/data` for inputs; `/type`, `/code`,
   * `/files/images`, `/seed`, `/env/NAME`, `/node` and `/environment/tfjs` have no such place. In lists it counts in the later value.
   */
  readonly pointer: string;
  /** Absent where it was added. */
  readonly before?: JsonValue;
  /** Absent where it was removed. */
  readonly after?: JsonValue;
}

/** What differs between two preimages, as deep down as it can be named. Empty for equal ones. */
export function preimageDifferences(before: Preimage, after: Preimage): readonly KeyDifference[] {
  // What the options of another stage type were says nothing of this one's.
  const [was, is] = [before.type.name, after.type.name];
  if (was !== is) return [{ component: 'type', pointer: '/type/name', before: was, after: is }];
  const found: KeyDifference[] = [];
  for (const [component, pointer] of PLACES) {
    for (const change of changes(part(before, component), part(after, component), pointer)) {
      found.push({ component, ...change });
    }
  }
  return found;
}

/** In the order in which a person wants to be told. */
const PLACES: readonly (readonly [KeyComponent, string])[] = [
  ['type', '/type'],
  ['options', '/with'],
  ['inputs', '/needs'],
  ['files', '/files'],
  ['seed', '/seed'],
  ['env', '/env'],
  ['node', '/node'],
  ['environment', '/environment'],
  ['code', '/code'],
];

function part(preimage: Preimage, component: KeyComponent): JsonValue | undefined {
  return preimage[component];
}

type Change = Omit<KeyDifference, 'component'>;

function changes(before: JsonValue | undefined, after: JsonValue | undefined, pointer: string): readonly Change[] {
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [{ pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  if (isJsonObject(before) && isJsonObject(after)) return objectChanges(before, after, pointer);
  if (Array.isArray(before) && Array.isArray(after)) {
    return listChanges(before as readonly JsonValue[], after as readonly JsonValue[], pointer);
  }
  return equal(before, after) ? [] : [{ pointer, before, after }];
}

function objectChanges(before: JsonObject, after: JsonObject, pointer: string): readonly Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => changes(own(before, name), own(after, name), `${pointer}/${escaped(name)}`));
}

/** What is the same at both ends is set aside first, so that an inserted layer is one difference and not one for each after it. */
function listChanges(before: readonly JsonValue[], after: readonly JsonValue[], pointer: string): readonly Change[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && equal(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && equal(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const middle = Math.max(before.length, after.length) - head - tail;
  return Array.from({ length: middle }, (_, index) => head + index).flatMap((index) =>
    changes(
      index < before.length - tail ? before[index] : undefined,
      index < after.length - tail ? after[index] : undefined,
      `${pointer}/${index}`,
    ),
  );
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return canonicalJson(a) === canonicalJson(b);
}

/** RFC 6901. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
