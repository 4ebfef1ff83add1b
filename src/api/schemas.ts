import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure, success, type Result } from '../base/result.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';

const ending = '.schema.json';

/** `pipeline`, `project`, `run-record`, `stages/load-data`, …: sorted. */
export async function schemaNames(): Promise<readonly string[]> {
  const paths = await readdir(schemaFolder(), { recursive: true });
  return paths
    .filter((path) => path.endsWith(ending))
    .map((path) => path.slice(0, -ending.length))
    .sort();
}

/** The JSON Schema's text; a stage type's by its own name too. */
export async function readSchema(name: string): Promise<Result<string, Problem>> {
  const names = await schemaNames();
  const known = names.find((each) => each === name) ?? names.find((each) => each === `stages/${name}`);
  if (known !== undefined) return success(await readFile(join(schemaFolder(), `${known}${ending}`), 'utf8'));
  const hint = didYouMean(name, names, 'schemas');
  return failure({
    code: 'bad-flag',
    message: `there is no schema "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The schemas lie in this package, above the file that this is built into. */
function schemaFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schemas', `pipeline${ending}`))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('this installation lacks its schemas folder');
    folder = above;
  }
  return join(folder, 'schemas');
}
