import type { ErrorObject } from 'ajv';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { bestBranch } from './branches.ts';
import { follow } from './pointer.ts';

/**
 * Ajv tells what is wrong with a value from the view of every branch of an `anyOf`. Of these, only the branch that the value was
 * meant for is kept; where that cannot be told, only the `anyOf` itself.
 */
export function withoutNoise(
  errors: readonly ErrorObject[],
  schema: JsonObject,
  value: JsonValue,
): readonly ErrorObject[] {
  // `if` only says that `then` failed, which says so itself; the rule for a name is told with `propertyNames`.
  let kept = errors.filter((error) => error.keyword !== 'if' && error.propertyName === undefined);
  const composites = kept.filter(isComposite).sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  for (const composite of composites) {
    // Already dropped with a branch of an outer one.
    if (kept.includes(composite)) kept = withBestBranch(kept, composite, schema, value);
  }
  return kept;
}

function isComposite({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf';
}

function withBestBranch(
  errors: ErrorObject[],
  composite: ErrorObject,
  schema: JsonObject,
  value: JsonValue,
): ErrorObject[] {
  const branches = follow(schema, decodeURIComponent(composite.schemaPath.slice(1))) as readonly JsonObject[];
  const best = bestBranch(branches, follow(value, composite.instancePath) as JsonValue);
  const prefix = `${composite.schemaPath}/`;
  const chosen = best === undefined ? undefined : `${prefix}${best}/`;
  const told = chosen !== undefined && errors.some((error) => isWithin(error, composite, chosen));
  return errors.filter((error) => {
    if (error === composite) return !told;
    return !isWithin(error, composite, prefix) || (chosen !== undefined && error.schemaPath.startsWith(chosen));
  });
}

function isWithin(error: ErrorObject, composite: ErrorObject, prefix: string): boolean {
  if (!error.schemaPath.startsWith(prefix)) return false;
  return error.instancePath === composite.instancePath || error.instancePath.startsWith(`${composite.instancePath}/`);
}
