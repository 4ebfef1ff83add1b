import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';

/** Where libtensorflow comes from. */
export type LibtensorflowSource =
  /** The package's own download, and where that fails PyPI's wheel. */
  | { readonly kind: 'network' }
  | { readonly kind: 'wheel'; readonly file: string }
  | { readonly kind: 'folder'; readonly libraries: string; readonly headers: string };

/**
 * What a person gave for libtensorflow: a wheel of tensorflow or tensorflow-cpu, a folder with one, or libtensorflow unpacked (a
 * release of its own, a wheel's content, or TensorFlow's folder in Python's site-packages).
 * @param path absolute
 */
export function findSource(path: string): Result<LibtensorflowSource, Problem> {
  if (!existsSync(path)) return unfit(path, 'it does not exist');
  if (!statSync(path).isDirectory()) {
    return path.endsWith('.whl') ? success({ kind: 'wheel', file: path }) : unfit(path, 'it is no folder and no .whl');
  }
  const wheels = readdirSync(path).filter((name) => /^tensorflow.*\.whl$/.test(name));
  if (wheels.length > 1) return unfit(path, `it holds several: ${wheels.join(', ')}`);
  const [wheel] = wheels;
  if (wheel !== undefined) return success({ kind: 'wheel', file: join(path, wheel) });
  for (const root of [path, join(path, 'tensorflow')]) {
    const headers = join(root, 'include');
    const libraries = [join(root, 'lib'), root].find(holdsLibrary);
    if (libraries !== undefined && existsSync(join(headers, 'tensorflow', 'c', 'c_api.h'))) {
      return success({ kind: 'folder', libraries, headers });
    }
  }
  return unfit(path, 'it holds no tensorflow*.whl, and not both libtensorflow and include/tensorflow/c/c_api.h');
}

export function isLibrary(name: string): boolean {
  return /^libtensorflow(_cc|_framework)?\.(.*\.)?(so|dylib)(\.|$)/.test(name);
}

function holdsLibrary(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some(isLibrary);
}

function unfit(path: string, why: string): Result<never, Problem> {
  return failure({
    code: 'bad-flag',
    message: `--native-from ${path} is no copy of libtensorflow: ${why}`,
    hint: 'give a wheel of tensorflow-cpu, a folder with one, or a folder with lib/libtensorflow.so and include/',
  });
}
