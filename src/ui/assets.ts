import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Hono } from 'hono';

/** By the end of their names. Others, as licences, are not asked for by a page. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * The page's own files, and no other: those that are there when the server starts.
 * @param folder where the build put the page
 */
export async function addAssets(app: Hono, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    app.get(name === 'index.html' ? '/' : `/${name}`, async (context) => {
      const bytes = await readFile(join(folder, name));
      return context.body(new Uint8Array(bytes), 200, { 'content-type': type });
    });
  }
}
