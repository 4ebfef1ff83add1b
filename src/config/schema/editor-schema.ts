import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { COMMAND_TYPE } from '../../core/command.ts';
import { resolveId } from './inline-references.ts';
import type { SchemaFiles } from './inline-references.ts';

/**
 * The schema that an editor checks and completes a pipeline by: one file without references to others, in which `with` follows
 * `type`, and `${params.epochs}` may stand wherever a value may.
 * @param files every schema by `$id`: the pipeline's, those of stage types in stages/, and what they refer to
 */
export function editorSchema(files: SchemaFiles): JsonObject {
  const { definitions: own, properties, ...pipeline } = files.get(root) ?? {};
  const definitions: Record<string, JsonValue> = { reference };
  for (const [name, part] of Object.entries(own as JsonObject))
    definitions[name] = withReferences(part as JsonObject, root);
  const names: string[] = [];
  for (const [id, file] of files) {
    const stage = /^stages\/(.+)\.schema\.json$/.exec(id)?.[1];
    // A command is written as `run`.
    if (stage !== undefined && stage !== COMMAND_TYPE) names.push(stage);
    if (stage === undefined && !id.startsWith('parts/')) continue;
    const { $id: _id, $schema: _schema, definitions: inner, ...schema } = file;
    definitions[nameOf(id)] = withReferences(schema, id);
    for (const [name, part] of Object.entries((inner ?? {}) as Record<string, JsonObject>)) {
      definitions[`${nameOf(id)}.${name}`] = withReferences(part, id);
    }
  }
  definitions['stage'] = stageByType(definitions['stage'] as JsonObject, names);
  return {
    ...pipeline,
    $id: 'editor/pipeline.schema.json',
    description: 'A pipeline of stages. Made from pipeline.schema.json and stages/; change those instead.',
    properties: mapValues(properties as JsonObject, (rule, name) =>
      readAsWritten.has(name) ? rule : widen(rule, root),
    ),
    definitions,
  };
}

const root = 'pipeline.schema.json';

/** Where no reference is filled in; and stages, which hold them but cannot be one. */
const readAsWritten = new Set(['version', 'params', 'stages']);

const reference: JsonObject = {
  title: 'Reference',
  description: 'A parameter, as ${params.name}; filled in when the pipeline is read.',
  type: 'string',
  pattern: '\\$\\{',
};

/** `parts/model.schema.json` -> `parts.model` */
function nameOf(id: string): string {
  return id.replace('.schema.json', '').replace('/', '.');
}

/** Any type is let pass, as plugins bring their own; those known complete. */
function stageByType(stage: JsonObject, names: readonly string[]): JsonObject {
  const properties = stage['properties'] as Record<string, JsonObject>;
  return {
    ...stage,
    properties: { ...properties, type: { ...properties['type'], anyOf: [{ enum: [...names] }, { type: 'string' }] } },
    oneOf: [{ required: ['type'] }, { required: ['run'] }],
    allOf: names.map((name) => ({
      if: { properties: { type: { const: name } }, required: ['type'] },
      then: { properties: { with: { $ref: `#/definitions/stages.${name}` } } },
    })),
  };
}

/** A schema with the rule of each member and item widened by a reference; the value itself stays what it was. */
function withReferences(schema: JsonObject, id: string): JsonObject {
  const changed: Record<string, JsonValue> = { ...schema };
  for (const [word, rules] of Object.entries(schema)) {
    if (word === '$ref') changed[word] = `#/definitions/${localName(rules as string, id)}`;
    else if (word === 'properties' || word === 'patternProperties')
      changed[word] = mapValues(rules as JsonObject, (rule) => widen(rule, id));
    else if (word === 'items' || word === 'additionalProperties')
      changed[word] = mapOneOrMany(rules, (rule) => widen(rule, id));
    else if (valueRules.has(word)) changed[word] = mapOneOrMany(rules, (rule) => withReferences(rule, id));
  }
  return changed;
}

/** Words whose rules are about the value itself. `if` stays: it asks what is written. */
const valueRules = new Set(['anyOf', 'oneOf', 'allOf', 'then', 'else']);

function widen(rule: JsonObject, id: string): JsonObject {
  // Its title and description show beside the rule only if they stand outside of `anyOf`.
  const { title, description, default: initial, examples, ...rest } = withReferences(rule, id);
  const shown = Object.entries({ title, description, default: initial, examples }).filter(
    ([, value]) => value !== undefined,
  );
  const isAnyText =
    rest['type'] === 'string' && Object.keys(rest).every((word) => word === 'type' || word === 'minLength');
  return {
    ...(Object.fromEntries(shown) as JsonObject),
    ...(isAnyText ? rest : { anyOf: [rest, { $ref: '#/definitions/reference' }] }),
  };
}

function localName($ref: string, id: string): string {
  const [path = '', pointer = ''] = $ref.split('#');
  const file = nameOf(path === '' ? id : resolveId(path, id));
  const part = pointer.replace('/definitions/', '');
  if (path === '' && id === root) return part;
  return pointer === '' ? file : `${file}.${part}`;
}

function mapOneOrMany(rules: JsonValue, change: (rule: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(rules)) return rules.map((rule: JsonValue) => (isJsonObject(rule) ? change(rule) : rule));
  return isJsonObject(rules) ? change(rules) : rules;
}

function mapValues(rules: JsonObject, change: (rule: JsonObject, name: string) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, change(rule as JsonObject, name)]));
}
