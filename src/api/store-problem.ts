import { failure, success, type Result } from '../base/result.ts';
import { StoreError } from '../core/store-error.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** A store that cannot be used (full, read-only) is the person's to mend, not a mistake of ours. */
export async function orStoreProblem<T>(work: Promise<T>): Promise<Result<T, Problem>> {
  try {
    return success(await work);
  } catch (error) {
    if (error instanceof StoreError) return failure(error.problem);
    throw error;
  }
}
