import { Ajv } from 'ajv';
import type { AnySchema, Options, ValidateFunction } from 'ajv';

/** One set of options for validators made when the program is built and for those of other stage types. */
export const ajvOptions: Options = {
  // Every problem at once.
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  strictTuples: false,
  // Schemas of stage types are the author's; formats are not checked.
  validateFormats: false,
};

/** Words of ours and of editors in a schema. */
export const annotations = ['patternErrorMessage', 'markdownDescription', 'defaultSnippets', 'enumDescriptions'];

/** A validator made at run time: 60 ms to load Ajv, so only for stage types that the program was not built with. */
export function compile(schema: AnySchema): ValidateFunction {
  const ajv = new Ajv(ajvOptions);
  ajv.addVocabulary(annotations);
  return ajv.compile(schema);
}
