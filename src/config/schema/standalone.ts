import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { JsonObject } from '../../base/json.ts';
import { ajvOptions, annotations } from './compile.ts';

export interface StandaloneValidators {
  /** An ES module that exports one function a schema, and asks for parts of Ajv by `require`. */
  readonly code: string;
  /** The function's name, by the name of the schema. */
  readonly names: ReadonlyMap<string, string>;
}

/** Code that says whether a value is valid and nothing more, for schemas without references. */
export function standaloneValidators(schemas: ReadonlyMap<string, JsonObject>): StandaloneValidators {
  const ajv = new Ajv({ ...ajvOptions, allErrors: false, messages: false, code: { source: true, esm: true } });
  ajv.addVocabulary(annotations);
  const names = new Map([...schemas.keys()].map((name, index) => [name, `validate${index}`]));
  for (const [name, schema] of schemas) ajv.addSchema(schema, name);
  const wanted = Object.fromEntries([...names].map(([name, exported]) => [exported, name]));
  return { code: standalone.default(ajv, wanted), names };
}
