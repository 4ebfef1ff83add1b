import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this package lies, above the file that this is built into: its schemas and pipelines come along as files. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schemas', 'pipeline.schema.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('this installation lacks its schemas folder');
    folder = above;
  }
  return folder;
}
