/** A text cut into what stands as it is and what `${…}` names. `$${` is a literal `${`. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `inside` is what stands between the braces; undefined where no brace closes. `raw` is all of it, `$` and braces included. */
  | { readonly kind: 'reference'; readonly raw: string; readonly inside: string | undefined };

const marks = /\$\$\{|\$\{(?:([^{}]*)\})?/g;

export function cutText(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let literal = '';
  let from = 0;
  const close = () => {
    if (literal !== '') pieces.push({ kind: 'text', text: literal });
    literal = '';
  };
  for (const match of text.matchAll(marks)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[0] === '$${') literal += '${';
    else {
      close();
      pieces.push({ kind: 'reference', raw: match[0], inside: match[1]?.trim() });
    }
  }
  literal += text.slice(from);
  close();
  return pieces;
}

/** What a reference names: a parameter, or the value of an axis of the matrix, or a part of one. */
export interface ReferencePath {
  readonly root: 'params' | 'matrix';
  /** Not empty. */
  readonly path: readonly string[];
}

/** `params.optimizer.rate` -> `['optimizer', 'rate']` of the params; undefined for anything else. */
export function referencePath(inside: string | undefined): ReferencePath | undefined {
  const [root, ...path] = (inside ?? '').split('.');
  if (root !== 'params' && root !== 'matrix') return undefined;
  return path.length > 0 && path.every((name) => name !== '') ? { root, path } : undefined;
}
