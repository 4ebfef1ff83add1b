import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/**
 * The schema that an editor checks and completes a pipeline by: one file without references to others, in which `with` follows
 * `type`, and `${params.epochs}` may stand wherever a value may.
 * @param stageTypes their schemas by name, without `$ref`s
 */
export function editorSchema(pipeline: JsonObject, stageTypes: ReadonlyMap<string, JsonObject>): JsonObject {
  const definitions = { ...(pipeline['definitions'] as Record<string, JsonObject>) };
  const stage = definitions['stage'] ?? {};
  const stageProperties = stage['properties'] as Record<string, JsonObject>;
  const names = [...stageTypes.keys()];
  for (const [name, schema] of stageTypes)
    definitions[`${name}-options`] = withReferences(withoutId(schema)) as JsonObject;
  definitions['stage'] = {
    ...stage,
    properties: {
      ...stageProperties,
      type: { ...stageProperties['type'], anyOf: [{ enum: names }, { type: 'string', pattern: '\\$\\{' }] },
    },
    allOf: names.map((name) => ({
      if: { properties: { type: { const: name } }, required: ['type'] },
      then: { properties: { with: { $ref: `#/definitions/${name}-options` } } },
    })),
  };
  definitions['reference'] = {
    title: 'Reference',
    description: 'A parameter, by ${params.name}; filled in when the pipeline is read.',
    type: 'string',
    pattern: '\\$\\{',
  };
  return {
    ...pipeline,
    $id: 'editor/pipeline.schema.json',
    description: 'A pipeline of stages, as `pipeline run` reads it.',
    properties: {
      ...(pipeline['properties'] as JsonObject),
      // A modeline is a comment in YAML; in JSON it is a key.
      params: { ...((pipeline['properties'] as JsonObject)['params'] as JsonObject) },
    },
    definitions,
  };
}

function withoutId(schema: JsonObject): JsonObject {
  const { $id: _id, $schema: _schema, ...rest } = schema;
  return rest;
}

const reference: JsonObject = { $ref: '#/definitions/reference' };

/** The value rules of a schema, each widened by a reference; the outermost mapping stays one. */
function withReferences(schema: JsonObject): JsonObject {
  return mapRules(schema, (rule) => {
    const inner = withReferences(rule);
    // Texts may hold one anyway, if nothing else limits them.
    if (inner['type'] === 'string' && inner['pattern'] === undefined && inner['enum'] === undefined) return inner;
    const { title, description, default: initial, ...rest } = inner;
    return { ...defined({ title, description, default: initial }), anyOf: [rest, reference] };
  });
}

/** The same schema with each rule for a member or an item changed; rules that hold for the value itself keep its place. */
function mapRules(schema: JsonObject, change: (rule: JsonObject) => JsonObject): JsonObject {
  const changed: Record<string, JsonValue> = { ...schema };
  for (const word of ['properties', 'patternProperties']) {
    const rules = schema[word];
    if (!isJsonObject(rules)) continue;
    changed[word] = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, change(rule as JsonObject)]));
  }
  for (const word of ['additionalProperties', 'items']) {
    const rule = schema[word];
    if (isJsonObject(rule)) changed[word] = change(rule);
    else if (Array.isArray(rule)) changed[word] = rule.map((item: JsonValue) => change(item as JsonObject));
  }
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const parts = schema[word];
    if (Array.isArray(parts)) changed[word] = parts.map((part: JsonValue) => mapRules(part as JsonObject, change));
  }
  for (const word of ['then', 'else']) {
    const part = schema[word];
    if (isJsonObject(part)) changed[word] = mapRules(part, change);
  }
  return changed;
}

function defined(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
