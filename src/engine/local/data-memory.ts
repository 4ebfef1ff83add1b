/** How much of a data set a stage holds in memory. It has no part in keys: what is computed is the same. */
import { parseByteSize } from '../../base/byte-size.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';

const DATA_MEMORY = 'PIPELINE_DATA_MEMORY';
const DEFAULT = 2 ** 30;

/** A run does not begin where the variable holds no size. */
export function dataMemory(env: NodeJS.ProcessEnv): Result<number, Problem> {
  const text = env[DATA_MEMORY];
  if (text === undefined || text === '') return success(DEFAULT);
  const bytes = parseByteSize(text);
  if (bytes !== undefined) return success(bytes);
  return failure({
    code: 'bad-option',
    message: `the environment variable ${DATA_MEMORY} is ${JSON.stringify(text)}, no size`,
    hint: `write it as 512MiB or 2GiB; without it, a stage holds up to 1 GiB of a data set in memory`,
  });
}

/** Gives memory to files in the order in which they are opened; a file that is opened again gets what it got before. */
export class MemoryBudget {
  #left: number;
  readonly #decided = new Map<string, boolean>();

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Whether there is memory for the whole file. */
  takes({ digest, bytes }: { readonly digest: string; readonly bytes: number }): boolean {
    const before = this.#decided.get(digest);
    if (before !== undefined) return before;
    const fits = bytes <= this.#left;
    if (fits) this.#left -= bytes;
    this.#decided.set(digest, fits);
    return fits;
  }
}
