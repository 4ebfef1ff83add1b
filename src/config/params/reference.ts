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

/** `params.optimizer.rate` -> `['optimizer', 'rate']`; undefined for anything else. */
export function paramPath(inside: string | undefined): readonly string[] | undefined {
  const [root, ...path] = (inside ?? '').split('.');
  return root === 'params' && path.length > 0 && path.every((name) => name !== '') ? path : undefined;
}
