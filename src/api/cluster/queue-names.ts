import { type Result, failure, success } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';

/**
 * Queues as a person types them, each as the stages for it are: `memory+gpu` is `gpu+memory`, and one that is said twice is one.
 * @returns or the problem of the first that no stage can have
 */
export function queueNames(typed: readonly string[]): Result<readonly string[], Problem> {
  const wrong = typed.find((name) => !POOLS.test(name) || new Set(name.split('+')).size < name.split('+').length);
  if (wrong === undefined) return success([...new Set(typed.map((name) => name.split('+').sort().join('+')))]);
  return failure({
    code: 'bad-option',
    message: `${JSON.stringify(wrong)} is not the name of a queue: what stages ask for in their resources, as in gpu or gpu+memory, or default`,
    hint: 'a worker for several queues says --queue for each',
  });
}

/** Names of resources, as in schemas/project.schema.json. */
const POOLS = /^[A-Za-z_][A-Za-z0-9_-]*(\+[A-Za-z_][A-Za-z0-9_-]*)*$/;
