import type { JsonValue } from '../base/json.ts';
import type { KeyDifference } from '../fingerprint/difference.ts';
import type { MissReason } from './miss-reason.ts';

/** For one line of a log: `never ran`, `distillation.temperature 4 → 8`. */
export function reasonInWords(reason: MissReason): string {
  switch (reason.kind) {
    case 'never-ran':
      return 'never ran';
    case 'forced':
      return 'forced';
    case 'uncached':
      return 'cache: false';
    case 'result-gone':
      return 'its result is gone from the store';
    case 'changed': {
      const words = wordsOf(reason.differences);
      const more = words.length - MOST_NAMED;
      return [...words.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    }
  }
}

const MOST_NAMED = 3;

function wordsOf(differences: readonly KeyDifference[]): readonly string[] {
  // The seed is written among the options, and stands in the key of its own as well.
  const seedWritten = differences.some(({ pointer }) => pointer === '/with/seed');
  return differences.filter(({ component }) => component !== 'seed' || !seedWritten).map(differenceInWords);
}

function differenceInWords(difference: KeyDifference): string {
  const name = difference.pointer
    .split('/')
    .slice(2)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
  switch (difference.component) {
    case 'type':
      return 'a new version of its stage type';
    case 'code':
      return 'new code of its stage type';
    case 'inputs':
      return `new content in ${name}`;
    case 'files':
      if (difference.before === undefined) return `a new file ${name}`;
      return difference.after === undefined ? `no more file ${name}` : `new content of the file ${name}`;
    case 'options':
    case 'environment':
      return `${name} ${change(difference)}`.trimStart();
    case 'env':
      return `the variable ${name} ${difference.before === undefined ? 'added' : difference.after === undefined ? 'removed' : 'changed'}`;
    case 'node':
      return `Node ${change(difference)}`;
    case 'seed':
      return `seed ${change(difference)}`;
  }
}

function change({ before, after }: KeyDifference): string {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  const [old, now] = [inline(before), inline(after)];
  return old.length + now.length > LONGEST_SHOWN ? 'changed' : `${old} → ${now}`;
}

const LONGEST_SHOWN = 60;

function inline(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
