import { messageOf } from '../base/error-message.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import { inlineReferences } from '../config/schema/inline-references.ts';
import type { StageType } from '../core/stage-type.ts';

/**
 * The schema of a plugin's options as it is checked: of a mapping, refusing keys that it does not name (a mistyped option must not
 * be passed over), with a seed where the type draws at random, and without references.
 */
export function optionsSchema({ schema, uses }: Pick<StageType, 'schema' | 'uses'>): Result<JsonObject, string> {
  // Its `$id` is a name in another world than this program's.
  const { $id: _id, $schema: _schema, ...own } = schema;
  const properties = own['properties'] ?? {};
  if (!isJsonObject(properties)) return failure('"properties" is not a mapping');
  const seed = uses.seed && !Object.hasOwn(properties, 'seed') ? { seed: SEED } : {};
  try {
    const whole = { type: 'object', additionalProperties: false, ...own, properties: { ...properties, ...seed } };
    return success(inlineReferences(whole, new Map()));
  } catch (error) {
    return failure(messageOf(error));
  }
}

const SEED: JsonObject = {
  title: 'Seed',
  description: 'What random numbers are drawn from. The pipeline’s seed if left out.',
  type: 'integer',
  minimum: 0,
  maximum: 4294967295,
};
