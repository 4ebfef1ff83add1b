import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { follow } from './pointer.ts';

/** Schemas by `$id`, for `$ref`s from one into another. */
export type SchemaFiles = ReadonlyMap<string, JsonObject>;

/**
 * The schema with every `$ref` replaced by what it names, so that an error's path leads to its rule. Words beside a `$ref` (title,
 * description, default) win over those of what it names.
 * @throws Error for a reference that leads nowhere or back to itself: a fault of the schema's author
 */
export function inlineReferences(schema: JsonObject, files: SchemaFiles): JsonObject {
  const { definitions: _, ...rest } = inline(schema, { files, file: schema, open: [] }) as Record<string, JsonValue>;
  return rest;
}

interface Scope {
  readonly files: SchemaFiles;
  /** The schema that `#/…` is relative to. */
  readonly file: JsonObject;
  readonly open: readonly unknown[];
}

function inline(value: JsonValue, scope: Scope): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => inline(item, scope));
  if (!isJsonObject(value)) return value;
  const { $ref, ...own } = value;
  const members: Record<string, JsonValue> = {};
  if (typeof $ref === 'string') Object.assign(members, named($ref, scope));
  for (const [name, member] of Object.entries(own)) if (name !== 'definitions') members[name] = inline(member, scope);
  return members;
}

function named($ref: string, scope: Scope): JsonObject {
  const [path = '', pointer = ''] = $ref.split('#');
  const file = path === '' ? scope.file : scope.files.get(resolveId(path, (scope.file['$id'] ?? '') as string));
  const target = file === undefined ? undefined : follow(file, pointer);
  if (file === undefined || !isJsonObject(target)) throw new Error(`$ref ${$ref} leads nowhere`);
  if (scope.open.includes(target)) throw new Error(`$ref ${$ref} leads back to itself`);
  const { $id: _id, $schema: _schema, ...rest } = target;
  return inline(rest, { ...scope, file, open: [...scope.open, target] }) as JsonObject;
}

/** As URLs resolve: `../parts/model.schema.json` in `stages/train-student.schema.json` is `parts/model.schema.json`. */
export function resolveId(path: string, from: string): string {
  const root = 'https://schemas.invalid/';
  return new URL(path, new URL(from, root)).href.replace(root, '');
}
