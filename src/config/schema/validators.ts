import type { ErrorObject } from 'ajv';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { StageType, StageTypes } from '../../core/stage-type.ts';
import { generated } from '../generated/validators.js';
import { explain } from './explain.ts';
import type { Finding } from './explain.ts';
import { inlineReferences } from './inline-references.ts';

/** Made when the program is built; loaded at every start. */
export interface GeneratedValidator {
  /** Without `$ref`s. */
  readonly schema: JsonObject;
  validate(value: unknown): boolean;
}

/** Made when the program is built; loaded when something is wrong. After a call, `validate.errors` holds every error. */
export interface GeneratedExplainer {
  readonly validate: ((value: unknown) => boolean) & { readonly errors?: readonly ErrorObject[] | null };
}

/** A schema, what checks a value against it, and what tells of everything that is wrong. */
export interface Validator extends GeneratedValidator {
  errorsOf(value: JsonValue): Promise<readonly ErrorObject[]>;
}

/**
 * Everything that the schema finds wrong with a value.
 * @param what how messages call the value as a whole: `the options of train-student`
 */
export async function findingsOf(validator: Validator, value: JsonValue, what: string): Promise<readonly Finding[]> {
  if (validator.validate(value)) return [];
  return explain(await validator.errorsOf(value), { schema: validator.schema, value, what });
}

export function builtInValidator(
  id: 'pipeline.schema.json' | 'project.schema.json' | 'stage-type.schema.json',
): Validator {
  const validator = generatedFor(id);
  if (validator === undefined) throw new Error(`no validator was generated for ${id}`);
  return validator;
}

function generatedFor(id: string): Validator | undefined {
  const validator = generated[id];
  if (validator === undefined) return undefined;
  return {
    ...validator,
    async errorsOf(value) {
      const explainers = await import('../generated/explainers.js');
      return errorsFrom(explainers.generated[id]?.validate, value);
    },
  };
}

function errorsFrom(validate: GeneratedExplainer['validate'] | undefined, value: JsonValue): readonly ErrorObject[] {
  if (validate === undefined || validate(value))
    throw new Error('the two validators of a schema differ: generate them again');
  return validate.errors ?? [];
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
  for (const name of new Set(names)) {
    const type = types.get(name);
    if (type !== undefined) validators.set(name, await stageValidator(type));
  }
  return validators;
}

/** Of schemas that the program was not built with, each known by the schema itself. */
const others = new WeakMap<JsonObject, Validator>();

async function stageValidator({ schema }: StageType): Promise<Validator> {
  const id = schema['$id'];
  const ready = (typeof id === 'string' ? generatedFor(id) : undefined) ?? others.get(schema);
  if (ready !== undefined) return ready;
  const { compile } = await import('./compile.ts');
  const inlined = inlineReferences(schema, new Map());
  const validate = compile(inlined);
  const validator: Validator = {
    schema: inlined,
    validate: (value) => validate(value),
    errorsOf: (value) => Promise.resolve(errorsFrom(validate, value)),
  };
  others.set(schema, validator);
  return validator;
}

/**
 * Takes what was compiled from this schema earlier, so that Ajv is loaded only where something is wrong.
 * @param schema without `$ref`s
 */
export function adoptValidator(schema: JsonObject, validate: (value: unknown) => boolean): void {
  others.set(schema, {
    schema,
    validate,
    async errorsOf(value) {
      const { compile } = await import('./compile.ts');
      return errorsFrom(compile(schema), value);
    },
  });
}
