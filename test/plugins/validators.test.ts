import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { schemaDigest, validatorsModule } from '../../src/plugins/validators.ts';

test('of more schemas than Ajv counts its own functions from, each has its own validator', async () => {
  const schemas: JsonObject[] = Array.from({ length: 13 }, (_, index) => ({
    type: 'object',
    required: [`key${index}`],
  }));
  const code = await validatorsModule(schemas, import.meta.filename);
  const address = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const { validators } = (await import(address)) as {
    validators: Record<string, (value: object) => boolean>;
  };
  for (const [index, schema] of schemas.entries()) {
    const isValid = validators[schemaDigest(schema)];
    expect([isValid?.({ [`key${index}`]: 1 }), isValid?.({ other: 1 })]).toEqual([true, false]);
  }
});
