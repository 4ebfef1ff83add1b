/**
 * A clock that never goes back: where the system's is set back while it is in use, it goes on as if that had not happened, so that
 * what is measured with it is right. Set forward, it follows.
 * @param clock milliseconds since 1970
 */
export function steadyClock(clock: () => number): () => number {
  let ahead = 0;
  let last = { told: -Infinity, at: 0 };
  return () => {
    const at = performance.now();
    const now = clock();
    if (now + ahead < last.told) ahead = last.told + Math.round(at - last.at) - now;
    last = { told: now + ahead, at };
    return last.told;
  };
}
