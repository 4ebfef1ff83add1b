import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import { editorSchema } from '../config/schema/editor-schema.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { packageFolder } from './package-folder.ts';
import { stageTypesIn } from './stage-types.ts';

const ending = '.schema.json';
const editors = 'editor/pipeline';

/**
 * `pipeline`, `project`, `run-record`, `stages/load-data`, …: sorted; those of the project's plugins are among the stages.
 * @param cwd a folder of the project
 */
export async function schemaNames(cwd: string): Promise<Result<readonly string[], readonly Problem[]>> {
  const own = await pluginSchemas(cwd);
  return own.ok ? success([...(await builtInNames()), ...own.value.keys()].sort()) : own;
}

/** The JSON Schema's text; a stage type's by its own name too. That for editors knows the stage types of plugins. */
export async function readSchema(name: string, cwd: string): Promise<Result<string, readonly Problem[]>> {
  const own = await pluginSchemas(cwd);
  if (!own.ok) return own;
  const builtIn = await builtInNames();
  const names = [...builtIn, ...own.value.keys()].sort();
  const known = names.find((each) => each === name) ?? names.find((each) => each === `stages/${name}`);
  if (known === editors && own.value.size > 0) return success(textOf(await projectEditorSchema(builtIn, own.value)));
  const plugins = own.value.get(known ?? '');
  if (plugins !== undefined) return success(textOf(plugins));
  if (known !== undefined) return success(await readFile(fileOf(known), 'utf8'));
  const hint = didYouMean(name, names, 'schemas');
  return failure([
    {
      code: 'bad-flag',
      message: `there is no schema "${name}"`,
      ...(hint === undefined ? {} : { hint }),
    },
  ]);
}

/** By name, those that the project's plugins bring. */
async function pluginSchemas(cwd: string): Promise<Result<ReadonlyMap<string, JsonObject>, readonly Problem[]>> {
  const types = await stageTypesIn(cwd);
  if (!types.ok) return types;
  const own = [...types.value.values()].filter(({ plugin }) => plugin !== undefined);
  return success(
    new Map(own.map(({ name, description, schema }) => [`stages/${name}`, { title: name, description, ...schema }])),
  );
}

async function projectEditorSchema(
  builtIn: readonly string[],
  own: ReadonlyMap<string, JsonObject>,
): Promise<JsonObject> {
  const parts = builtIn.filter((name) => name === 'pipeline' || /^(?:stages|parts)\//.test(name));
  const files = new Map<string, JsonObject>();
  for (const name of parts) {
    files.set(`${name}${ending}`, JSON.parse(await readFile(fileOf(name), 'utf8')) as JsonObject);
  }
  for (const [name, schema] of own) files.set(`${name}${ending}`, schema);
  return editorSchema(files);
}

function textOf(schema: JsonObject): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

export async function builtInNames(): Promise<readonly string[]> {
  const paths = await readdir(schemaFolder(), { recursive: true });
  return paths.filter((path) => path.endsWith(ending)).map((path) => path.slice(0, -ending.length));
}

function fileOf(name: string): string {
  return join(schemaFolder(), `${name}${ending}`);
}

function schemaFolder(): string {
  return join(packageFolder(), 'schemas');
}
