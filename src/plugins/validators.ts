import { dirname } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { messageOf } from '../base/error-message.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { StageType } from '../core/stage-type.ts';
import { adoptValidator, stageValidators } from '../config/schema/validators.ts';

/** By digest of their schema, what checks options: made with a bundle and kept beside it, so that no start has to load Ajv. */
export type ReadyValidators = ReadonlyMap<string, (value: unknown) => boolean>;

export function schemaDigest(schema: JsonObject): Digest {
  return sha256(canonicalJson(schema));
}

/** @returns why the type's schema is none; undefined where it is one */
export async function schemaFault(type: StageType, ready: ReadyValidators): Promise<string | undefined> {
  const validate = ready.get(schemaDigest(type.schema));
  if (validate !== undefined) {
    adoptValidator(type.schema, validate);
    return undefined;
  }
  try {
    await stageValidators(new Map([[type.name, type]]), [type.name]);
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/^schema is invalid: data\/?/, '');
  }
}

/**
 * A module whose `validators` are by digest of their schema.
 * @param schemas that are valid
 * @param program a file of the program, whose packages the code may need
 */
export async function validatorsModule(schemas: readonly JsonObject[], program: string): Promise<Uint8Array> {
  const [{ standaloneCode }, { build }] = await Promise.all([
    import('../config/schema/standalone.ts'),
    import('esbuild'),
  ]);
  const named = new Map(schemas.map((schema) => [schemaDigest(schema), schema]));
  const code = standaloneCode({ schemas: named, options: { allErrors: false } });
  const members = [...named.keys()].map((digest, index) => `${JSON.stringify(digest)}: isValid${index}`);
  const built = await build({
    stdin: {
      contents: `${code}\nexport const validators = { ${members.join(', ')} };\n`,
      resolveDir: dirname(program),
    },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  return built.outputFiles[0]?.contents ?? new Uint8Array();
}
