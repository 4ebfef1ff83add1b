import { createRequire } from 'node:module';
import type Picomatch from 'picomatch';

/** `*`, `?`, `[…]`, `{…}` and `@(…)`; `\` before one of them makes it an ordinary character. */
export function isGlob(path: string): boolean {
  return /[*?[\]{}]|[@!+]\(/.test(path);
}

export interface Glob {
  /** The folder that everything it matches lies in; empty where that is the one it is relative to. */
  readonly base: string;
  readonly matches: (path: string) => boolean;
  /** Whether it may match something inside a folder of this path, for all that is known of it. */
  readonly mayMatchInside: (folder: string) => boolean;
}

/** Names that begin with a dot are matched only by a dot, as in a shell. */
export function parseGlob(pattern: string): Glob {
  const { base } = picomatch().scan(pattern);
  const matches = picomatch()(pattern);
  const parts = pattern.split('/');
  return {
    base: base === '.' ? '' : base,
    matches: (path) => matches(path),
    mayMatchInside: (folder) => {
      for (const [index, name] of folder.split('/').entries()) {
        const part = parts[index];
        if (part === undefined) return false;
        if (part.includes('**') || !balanced(part)) return true;
        if (!picomatch().isMatch(name, part)) return false;
      }
      return parts.length > folder.split('/').length;
    },
  };
}

/** A brace or a bracket may go on beyond the slash. */
function balanced(part: string): boolean {
  return part.split(/[{(]/).length === part.split(/[)}]/).length;
}

/** Loaded only where there is a glob. */
function picomatch(): typeof Picomatch {
  return (loaded ??= createRequire(import.meta.url)('picomatch') as typeof Picomatch);
}

let loaded: typeof Picomatch | undefined;
