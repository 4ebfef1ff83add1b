import type { Digest } from '../base/hash.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** A remote store cannot be used: not reached, not allowed, of a newer format. What is here is as it was. */
export class RemoteError extends Error {
  readonly code = 'remote-unusable';
  readonly hint: string | undefined;
  /** Trying again later does not help: it is for a person to mend. */
  readonly isLasting: boolean;

  constructor(message: string, more: { readonly hint?: string; readonly isLasting?: boolean } = {}) {
    super(message);
    this.name = 'RemoteError';
    this.hint = more.hint;
    this.isLasting = more.isLasting ?? false;
  }

  get problem(): Problem {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) };
  }
}

/** A file that was to be sent is not there, or not what its name says. */
export class DamagedFile extends Error {
  readonly digest: Digest;

  constructor(digest: Digest) {
    super(`the object ${digest.slice(0, 12)} of the store here is damaged or gone`);
    this.name = 'DamagedFile';
    this.digest = digest;
  }
}
