import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';

/** By path: the page's own files, and no other. */
const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/main.js': ['main.js', 'text/javascript; charset=utf-8'],
  '/main.css': ['main.css', 'text/css; charset=utf-8'],
};

/** @param folder where the build put the page */
export function addAssets(app: Hono, folder: string): void {
  for (const [path, [name, type]] of Object.entries(files)) {
    app.get(path, async (context) => {
      const bytes = await readFile(join(folder, name));
      return context.body(Uint8Array.from(bytes), 200, { 'content-type': type });
    });
  }
}
