import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, OnLoadResult } from 'esbuild';

/**
 * A file of a plugin that asks where it lies (to read a file beside it) is told where its source lies, not its bundle.
 * @returns undefined where it does not ask
 */
export async function withOwnPlaces(path: string): Promise<OnLoadResult | undefined> {
  const loader = LOADERS[extname(path)];
  if (loader === undefined) return undefined;
  const text = await readFile(path, 'utf8');
  if (!/import\.meta|__dirname|__filename/.test(text)) return undefined;
  const { transform } = await import('esbuild');
  const places = { dirname: JSON.stringify(dirname(path)), filename: JSON.stringify(path) };
  try {
    const { code } = await transform(text, {
      loader,
      target: 'node20',
      tsconfigRaw: {},
      sourcefile: path,
      sourcemap: 'inline',
      logLevel: 'silent',
      define: {
        'import.meta.url': JSON.stringify(pathToFileURL(path).href),
        'import.meta.dirname': places.dirname,
        'import.meta.filename': places.filename,
        __dirname: places.dirname,
        __filename: places.filename,
      },
    });
    return { contents: code, loader: loader.startsWith('ts') ? 'js' : loader };
  } catch {
    // It is not code: the bundler says so with its place.
    return undefined;
  }
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};
