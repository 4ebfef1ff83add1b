/**
 * Makes from schemas/ and src/report/web/, by `npm run generate`:
 *   src/config/generated/validators.js    whether a value is valid: what every start of the program loads, so it is small (not committed)
 *   src/config/generated/explainers.js    what is wrong with it: loaded only when something is, and ten times as large (not committed)
 *   src/stages/export-model/generated/page.js    the page beside an exported model, bundled with TensorFlow.js (not committed)
 *   src/config/schema-types/*.ts          TypeScript types of a pipeline and a project file as they are written
 *   schemas/editor/pipeline.schema.json   what editors complete by: one file, with all stage types, references allowed
 * With `--check`, committed files are compared, not written; it fails where one is not what its schema makes.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { compile as compileTypes } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { isJsonObject } from '../src/base/json.ts';
import type { JsonObject, JsonValue } from '../src/base/json.ts';
import { editorSchema } from '../src/config/schema/editor-schema.ts';
import { inlineReferences } from '../src/config/schema/inline-references.ts';
import { standaloneCode } from '../src/config/schema/standalone.ts';

const generated = 'src/config/generated';

type Schemas = ReadonlyMap<string, JsonObject>;

async function main(): Promise<void> {
  const schemas = await readSchemas('schemas');
  const ids = [...schemas.keys()].filter((id) => /^(?:stages\/|pipeline|project|stage-type)/.test(id));
  const inlined = new Map(ids.map((id) => [id, inlineReferences(schemas.get(id) ?? {}, schemas)]));
  await mkdir(generated, { recursive: true });
  await writeModule('validators', `${validators(schemas, ids)}\n${table(ids, inlined)}`);
  await writeModule('explainers', `${explainers(inlined)}\n${table(ids)}`);
  await writePage('src/stages/export-model/generated');
  const stale = await writeCommitted(await committedFiles(schemas), process.argv.includes('--check'));
  if (stale.length === 0) return;
  process.stderr.write(`not what the schemas make; run "npm run generate" and commit: ${stale.join(', ')}\n`);
  process.exitCode = 1;
}

/** By `$id`, which is the path below schemas/. */
async function readSchemas(folder: string): Promise<Schemas> {
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

/** Stops at the first error and says nothing of it; what several schemas refer to is one function. */
function validators(schemas: Schemas, ids: readonly string[]): string {
  return standaloneCode({ schemas: bare(schemas), names: ids, options: { allErrors: false, inlineRefs: false } });
}

/** Without references, so that the path of an error leads to its rule. */
function explainers(inlined: Schemas): string {
  return standaloneCode({ schemas: bare(inlined) });
}

function bare(schemas: Schemas): Schemas {
  return new Map([...schemas].map(([id, schema]) => [id, { ...(withoutWords(schema) as JsonObject), $id: id }]));
}

function table(ids: readonly string[], inlined?: Schemas): string {
  const lines = ids.map((id, index) => {
    const schema = inlined === undefined ? '' : `schema: ${JSON.stringify(withoutWords(inlined.get(id) ?? {}))}, `;
    return `  ${JSON.stringify(id)}: { ${schema}validate: isValid${index} },`;
  });
  return `export const generated = {\n${lines.join('\n')}\n};\n`;
}

async function writeModule(name: string, contents: string): Promise<void> {
  // Ajv's code asks for a few functions of its own by require(): bundling puts them in.
  const bundled = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    minify: true,
  });
  const code = bundled.outputFiles[0]?.text ?? '';
  const type = name === 'validators' ? 'GeneratedValidator' : 'GeneratedExplainer';
  const declaration = [
    `import type { ${type} } from '../schema/validators.ts';`,
    '',
    `export declare const generated: Readonly<Record<string, ${type}>>;`,
    '',
  ];
  await writeFile(join(generated, `${name}.js`), code);
  await writeFile(join(generated, `${name}.d.ts`), declaration.join('\n'));
}

/** As texts, so that the page is part of the stage's code, in its key and in dist/. */
async function writePage(folder: string): Promise<void> {
  const bundled = await build({
    entryPoints: ['src/report/web/export-page/main.ts'],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2020',
    write: false,
    minify: true,
    legalComments: 'eof',
  });
  const texts = {
    pageHtml: await readFile('src/report/web/export-page/page.html', 'utf8'),
    pageScript: bundled.outputFiles[0]?.text ?? '',
  };
  const lines = Object.entries(texts);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'page.js'),
    lines.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`).join(''),
  );
  await writeFile(join(folder, 'page.d.ts'), lines.map(([name]) => `export declare const ${name}: string;\n`).join(''));
}

async function committedFiles(schemas: Schemas): Promise<Map<string, string>> {
  return new Map([
    ['src/config/schema-types/pipeline.ts', await typesOf(schemas, 'pipeline.schema.json', 'Pipeline')],
    ['src/config/schema-types/project.ts', await typesOf(schemas, 'project.schema.json', 'Project')],
    ['schemas/editor/pipeline.schema.json', JSON.stringify(editorSchema(schemas))],
  ]);
}

async function typesOf(schemas: Schemas, id: string, title: string): Promise<string> {
  const schema = withoutTitles(inlineReferences(schemas.get(id) ?? {}, schemas)) as JsonObject;
  return compileTypes({ ...schema, title }, title, {
    bannerComment: `// Made by scripts/generate.ts from schemas/${id}. Change the schema instead.`,
    format: false,
  });
}

/** A title makes a type of its own, and there is nothing to say about a type named Version. */
function withoutTitles(value: JsonValue): JsonValue {
  return without(['title', '$id'], value);
}

/** What only editors show. */
function withoutWords(value: JsonValue): JsonValue {
  return without(['title', 'description', '$id', '$schema'], value);
}

/** Without the texts under these names, at any depth; a property that is called so has a rule, not a text. */
function without(names: readonly string[], value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => without(names, item));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name, member]) => typeof member !== 'string' || !names.includes(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, without(names, member)]));
}

async function writeCommitted(files: ReadonlyMap<string, string>, check: boolean): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, text] of files) {
    const formatted = await format(text, { ...(await resolveConfig(path)), filepath: path });
    if ((await readFile(path, 'utf8').catch(() => '')) === formatted) continue;
    changed.push(path);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, formatted);
  }
  return check ? changed : [];
}

await main();
