import { Ajv } from 'ajv';
import type { Options } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { JsonObject } from '../../base/json.ts';
import { ajvOptions, annotations } from './compile.ts';

export interface StandaloneRequest {
  /** By name, which is also what they refer to one another by. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  /** Of these the functions are exported. All, if absent. */
  readonly names?: readonly string[];
  readonly options?: Options;
}

/**
 * Code of an ES module that says whether a value is valid: of the names, in their order, the functions `isValid0`, `isValid1`, ….
 * It asks for parts of Ajv by `require`, and has names of its own: `validate10` and on are functions of Ajv's.
 */
export function standaloneCode({ schemas, names = [...schemas.keys()], options = {} }: StandaloneRequest): string {
  const ajv = new Ajv({ ...ajvOptions, ...options, messages: false, code: { source: true, esm: true } });
  ajv.addVocabulary(annotations);
  for (const [name, schema] of schemas) ajv.addSchema(schema, name);
  return standalone.default(ajv, Object.fromEntries(names.map((name, index) => [`isValid${index}`, name])));
}
