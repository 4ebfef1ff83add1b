import type { ErrorObject } from 'ajv';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { StageType, StageTypes } from '../../core/stage-type.ts';
import { generated } from '../generated/schemas.js';
import { explain } from './explain.ts';
import type { Finding } from './explain.ts';
import { inlineReferences } from './inline-references.ts';

/** A schema without `$ref`s, and what checks a value against it. */
export interface Validator {
  readonly schema: JsonObject;
  readonly validate: ((value: unknown) => boolean) & { errors?: readonly ErrorObject[] | null };
}

/**
 * Everything that the schema finds wrong with a value.
 * @param what how messages call the value as a whole: `the options of train-student`
 */
export function findingsOf({ schema, validate }: Validator, value: JsonValue, what: string): readonly Finding[] {
  return validate(value) ? [] : explain(validate.errors ?? [], { schema, value, what });
}

export function builtInValidator(id: 'pipeline.schema.json' | 'project.schema.json'): Validator {
  const validator = generated[id];
  if (validator === undefined) throw new Error(`no validator was generated for ${id}`);
  return validator;
}

/**
 * The validators of the stage types named, from those made when the program was built, else compiled now.
 * @throws Error for a schema that is none: a fault of the stage type's author
 */
export async function stageValidators(
  types: StageTypes,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, Validator>> {
  const validators = new Map<string, Validator>();
  for (const name of names) {
    const type = types.get(name);
    if (type !== undefined && !validators.has(name)) validators.set(name, await stageValidator(type));
  }
  return validators;
}

const compiled = new WeakMap<JsonObject, Validator>();

async function stageValidator({ schema }: StageType): Promise<Validator> {
  const id = schema['$id'];
  const builtIn = typeof id === 'string' ? generated[id] : undefined;
  if (builtIn !== undefined) return builtIn;
  const before = compiled.get(schema);
  if (before !== undefined) return before;
  const { compile } = await import('./compile.ts');
  const inlined = inlineReferences(schema, new Map());
  const validator = { schema: inlined, validate: compile(inlined) };
  compiled.set(schema, validator);
  return validator;
}
