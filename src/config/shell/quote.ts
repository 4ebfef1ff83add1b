/**
 * Writes a value into a text for `sh`, so that whatever it holds it is one word, or a part of one, and never code.
 * @param before the text in front of it, with what was filled in already
 * @returns undefined where no way of quoting is safe: after a here-document, in a comment, in an expansion or `$(…)` within double quotes
 */
export function quotedFor(before: string, value: string): string | undefined {
  // Nothing that the shell could see anything in, wherever it stands.
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  switch (placeAfter(before)) {
    case 'plain':
      return `'${value.replaceAll("'", `'\\''`)}'`;
    case 'single':
      return value.replaceAll("'", `'\\''`);
    case 'double':
      return value.replace(/["$`\\]/g, '\\$&');
    case 'unclear':
      return undefined;
  }
}

type Place = 'plain' | 'single' | 'double' | 'unclear';

/** Within which quotes of `sh` the text ends. Where it would take a whole parser to say, it is unclear. */
function placeAfter(text: string): Place {
  let place: 'plain' | 'single' | 'double' = 'plain';
  for (let at = 0; at < text.length; at++) {
    const [character, next] = [text.charAt(at), text.charAt(at + 1)];
    if (place === 'single') {
      if (character === "'") place = 'plain';
    } else if (character === '\\') {
      if (next === '') return 'unclear';
      at++;
    } else if (character === '`' || (character === '$' && isExpansion(text.slice(at, at + LONGEST_NAME), place))) {
      return 'unclear';
    } else if (place === 'double') {
      if (character === '"') place = 'plain';
    } else if (character === "'" || character === '"') {
      // `$'…'` has rules of its own, where the shell knows it.
      if (text.charAt(at - 1) === '$') return 'unclear';
      place = character === "'" ? 'single' : 'double';
    } else if (character + next === '<<' || character + next === '((') {
      return 'unclear';
    } else if (character === '#' && /^$|[\s;|&()]/.test(text.charAt(at - 1))) {
      const end = text.indexOf('\n', at);
      if (end === -1) return 'unclear';
      at = end;
    }
  }
  return place;
}

const LONGEST_NAME = 200;

/** Of more than a variable: `$name` and `${name}` change nothing, nor does `$(…)` outside of quotes. */
function isExpansion(text: string, place: 'plain' | 'double'): boolean {
  if (/^\$(?:\{\w+\}|[^{([])/.test(text) || text === '$') return false;
  return place === 'double' || !text.startsWith('$(') || text.startsWith('$((');
}
