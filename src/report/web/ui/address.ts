/** Where in the page a person is, as the fragment of its URL says: `#/runs/20261125-1627-k3f9/curves?stage=train-student`. */

export interface Address {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export function addressOf(fragment: string): Address {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split(/\?(.*)/s);
  const parts = path.split('/').filter((part) => part !== '');
  return { path: parts.map(decoded), query: new URLSearchParams(query) };
}

/** What a link to it has as `href`. Values that are empty are left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value)
      .filter((each) => each !== '')
      .map((each): [string, string] => [name, each]),
  );
  const asked = new URLSearchParams(pairs).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${asked === '' ? '' : `?${asked}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
