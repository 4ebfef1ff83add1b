import { failure, success, type Result } from '../base/result.ts';
import type { Refusal } from './protocol.ts';

/** Does work one after the other, and not more than so many wait: reading a pipeline takes the whole of this process. */
export function inTurn(most: number): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<Result<T, Refusal>> {
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (signal, work) => {
    if (waiting >= most) return failure({ message: 'too much is asked of this server at once', hint: 'try again' });
    waiting++;
    // Who asked may have left meanwhile.
    const mine = before.then(() => (signal.aborted ? undefined : work()));
    before = mine.catch(() => undefined);
    try {
      const value = await mine;
      return value === undefined ? failure({ message: 'who asked has left' }) : success(value);
    } finally {
      waiting--;
    }
  };
}
