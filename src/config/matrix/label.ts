import { sha256 } from '../../base/hash.ts';
import { isJsonObject } from '../../base/json.ts';
import type { JsonValue } from '../../base/json.ts';

/**
 * What ids call the values of an axis: numbers and plain words as they are, a mapping by its `name`, else all that is written in a
 * value, joined by dashes. Needs no quotes in a shell, and tells the values of the axis apart.
 */
export function labelsOf(values: readonly JsonValue[]): readonly string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return values.map((value) => {
    const plain = labelOf(value);
    let count = counts.get(plain) ?? 1;
    let label = count === 1 ? plain : `${plain}-${count}`;
    while (taken.has(label)) label = `${plain}-${++count}`;
    counts.set(plain, count);
    taken.add(label);
    return label;
  });
}

const longestLabel = 40;

function labelOf(value: JsonValue): string {
  const text = isJsonObject(value) && isScalar(value['name']) ? String(value['name']) : [...scalarsIn(value)].join('-');
  // A leading dash stays a minus sign.
  const plain = text.replace(/[^A-Za-z0-9._+-]+/g, '-').replace(/-+$/, '');
  return plain === '' ? 'empty' : plain.slice(0, longestLabel);
}

function* scalarsIn(value: JsonValue): Generator<string> {
  if (typeof value !== 'object' || value === null) yield String(value);
  else for (const member of Object.values(value)) yield* scalarsIn(member);
}

function isScalar(value: JsonValue | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Logs and the like are files named by ids, and no file system takes names of any length. */
const longestId = 200;

/** `train-student@temperature=4,width=128` */
export function variantId(of: string, axes: readonly (readonly [axis: string, label: string])[]): string {
  if (axes.length === 0) return of;
  const id = `${of}@${axes.map(([axis, label]) => `${axis}=${label}`).join(',')}`;
  return id.length <= longestId ? id : `${id.slice(0, longestId - 9)}-${sha256(id).slice(0, 8)}`;
}
