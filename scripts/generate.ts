/**
 * Makes from schemas/:
 *   src/config/generated/schemas.js     validators without Ajv at run time, and the schemas with their references resolved (not committed)
 *   src/core/options/<stage type>.ts    TypeScript types of the options, likewise of the pipeline, the project file and the run record
 *   schemas/editor/pipeline.schema.json what editors complete by: one file, with all stage types, references allowed
 * `--check` writes the first only, and fails where a committed file is not what its schema makes.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile as compileTypes } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import type { JsonObject } from '../src/base/json.ts';
import { ajvOptions, annotations } from '../src/config/schema/compile.ts';
import { editorSchema } from '../src/config/schema/editor-schema.ts';
import { inlineReferences } from '../src/config/schema/inline-references.ts';

const schemas = await readSchemas('schemas');
const inlined = new Map(
  [...schemas]
    .filter(([id]) => !id.startsWith('parts/'))
    .map(([id, schema]) => [id, inlineReferences(schema, schemas)]),
);
await writeValidators('src/config/generated');
const stale = await writeCommitted(await committedFiles(), process.argv.includes('--check'));
if (stale.length > 0) {
  process.stderr.write(`not what their schemas make; run the generator and commit: ${stale.join(', ')}\n`);
  process.exitCode = 1;
}

/** By `$id`, which is the path below schemas/. */
async function readSchemas(folder: string): Promise<Map<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.schema.json') && !name.startsWith('editor')).sort()) {
    const schema = JSON.parse(await readFile(join(folder, file), 'utf8')) as JsonObject;
    if (schema['$id'] !== file)
      throw new Error(`${file}: expected "$id": "${file}", found ${JSON.stringify(schema['$id'])}`);
    found.set(file, schema);
  }
  return found;
}

async function writeValidators(folder: string): Promise<void> {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, esm: true, lines: true } });
  ajv.addVocabulary(annotations);
  const ids = [...inlined.keys()];
  for (const [id, schema] of inlined) ajv.addSchema({ ...schema, $id: id });
  const names = Object.fromEntries(ids.map((id, index) => [`validate${index}`, id]));
  const validators = standalone.default(ajv, names);
  const table = ids.map(
    (id, index) =>
      `  ${JSON.stringify(id)}: { schema: ${JSON.stringify(inlined.get(id))}, validate: validate${index} },`,
  );
  // Ajv's code asks for a few of its own functions with require(): bundling puts them in.
  const bundled = await build({
    stdin: {
      contents: `${validators}\nexport const generated = {\n${table.join('\n')}\n};\n`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    treeShaking: true,
  });
  await mkdir(folder, { recursive: true });
  const code = (bundled.outputFiles[0]?.text ?? '').replace(/export \{[^}]*\};\s*$/, 'export { generated };\n');
  await writeFile(join(folder, 'schemas.js'), `// Made by scripts/generate.ts from schemas/.\n${code}`);
  await writeFile(
    join(folder, 'schemas.d.ts'),
    `import type { Validator } from '../schema/validators.ts';\n\nexport declare const generated: Readonly<Record<string, Validator>>;\n`,
  );
}

async function committedFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const stageTypes = new Map<string, JsonObject>();
  for (const [id, schema] of inlined) {
    const name = basename(id, '.schema.json');
    if (id.startsWith('stages/')) stageTypes.set(name, schema);
    files.set(`src/core/options/${name}.ts`, await typesOf(schema, name, id));
  }
  const editor = editorSchema(schemas.get('pipeline.schema.json') ?? {}, stageTypes);
  files.set('schemas/editor/pipeline.schema.json', JSON.stringify(editor));
  return files;
}

async function typesOf(schema: JsonObject, name: string, id: string): Promise<string> {
  const pascal = name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const title = id.startsWith('stages/') ? `${pascal}Options` : pascal;
  const { $id: _, ...rest } = schema;
  const types = await compileTypes({ ...rest, title }, title, {
    bannerComment: `// Made by scripts/generate.ts from schemas/${id}. Change the schema instead.`,
    additionalProperties: true,
    format: false,
    strictIndexSignatures: true,
  });
  return types;
}

async function writeCommitted(files: ReadonlyMap<string, string>, check: boolean): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, text] of files) {
    const formatted = await format(text, { ...(await resolveConfig(path)), filepath: path });
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (before === formatted) continue;
    changed.push(path);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, formatted);
  }
  const left = (await readdir('src/core/options').catch(() => [])).map((name) => `src/core/options/${name}`);
  for (const path of left.filter((candidate) => !files.has(candidate))) {
    changed.push(path);
    if (!check) await rm(path);
  }
  return check ? changed : [];
}
