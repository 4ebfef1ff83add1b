import type { Problem } from '../diagnostics/problem.ts';

/** The store's folder cannot be used (full, read-only, of a newer format); what was in it is as it was. */
export class StoreError extends Error {
  readonly code = 'store-unusable';
  readonly hint: string | undefined;

  constructor(message: string, more: { hint?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'StoreError';
    this.hint = more.hint;
  }

  get problem(): Problem {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) };
  }
}
