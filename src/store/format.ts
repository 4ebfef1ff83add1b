import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { replaceFile } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { isJsonObject } from '../base/json.ts';
import { StoreError } from '../core/store-error.ts';
import type { Layout } from './layout.ts';

/** Makes the store's folder where it is not there; refuses one that a newer program wrote. */
export async function openFormat(layout: Layout): Promise<void> {
  if (!existsSync(layout.formatFile)) {
    // These two now, so that their names are on the disk as soon as the format's file is.
    mkdirSync(layout.root, { recursive: true });
    // Not recursive: in some folders where nothing can be made, as in /proc, Node would try for ever.
    for (const folder of [layout.objects, layout.keys]) if (!existsSync(folder)) makeFolder(folder);
    // Two that come first at once write the same.
    await replaceFile(layout.formatFile, `${JSON.stringify({ format: FORMAT })}\n`);
  }
  const format = readFormat(layout.formatFile);
  if (typeof format !== 'number') {
    throw new StoreError(`${layout.formatFile} does not say which format the store has`, {
      hint: `write {"format":${FORMAT}} into it if only this version of the program used the store, or name another store`,
    });
  }
  if (format > FORMAT) {
    throw new StoreError(
      `the store ${layout.root} has format ${format}, and this program knows formats up to ${FORMAT}`,
      {
        hint: 'use the newer program that made it, or name another store in the project file',
      },
    );
  }
}

/** Two that come first at once make the same. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST') || !statSync(path).isDirectory()) throw error;
  }
}

const FORMAT = 1;

function readFormat(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    const content: unknown = JSON.parse(text);
    return isJsonObject(content) ? content['format'] : undefined;
  } catch {
    return undefined;
  }
}
