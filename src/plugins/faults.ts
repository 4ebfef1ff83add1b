import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Message } from 'esbuild';
import type { PluginName } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import { isPath } from './packages.ts';

/** What is wrong with a plugin's code, with the place in its file. */
export interface BundleFault extends Pick<Problem, 'code' | 'message' | 'hint'> {
  readonly place?: FilePlace;
}

/** Lines count from 1, columns from 0 and in characters. */
export interface FilePlace {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** @param errors what esbuild says of a plugin */
export function faultsOf(
  errors: readonly Message[],
  { name, folder }: { readonly name: string; readonly folder: string },
): readonly BundleFault[] {
  return errors.map(({ text, location }): BundleFault => {
    const missing = /^Could not resolve "(.*)"/.exec(text)?.[1];
    const file = location === null ? undefined : resolve(folder, location.file);
    if (location === null || file === undefined || !existsSync(file)) {
      return missing === undefined
        ? { code: 'plugin-failed', message: `the plugin ${name} cannot be read: ${text}` }
        : missingPlugin(name, folder);
    }
    // esbuild counts bytes.
    const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
    const marked = Buffer.from(location.lineText).subarray(location.column, location.column + location.length);
    const place = { file, line: location.line, column: before.length, length: marked.toString().length };
    if (missing === undefined)
      return { code: 'plugin-failed', message: `the plugin ${name} is not code: ${text}`, place };
    const hint = isPath(missing) ? {} : { hint: `install it in the project: npm install ${missing}` };
    return {
      code: 'plugin-missing',
      message: `the plugin ${name} imports "${missing}", which is not there`,
      ...hint,
      place,
    };
  });
}

function missingPlugin(name: string, folder: string): BundleFault {
  if (isPath(name)) {
    return {
      code: 'plugin-missing',
      message: `the plugin ${name} is not there`,
      hint: `it was looked for at ${resolve(folder, name)}`,
    };
  }
  const hint = existsSync(resolve(folder, name))
    ? `a file is named with "./": did you mean "./${name}"?`
    : `install it in the project (npm install ${name}), or name a file as "./${name}"`;
  return { code: 'plugin-missing', message: `the plugin ${name} is no package that is installed in ${folder}`, hint };
}

/** A fault as a problem of the project file, with the place in the plugin's own file beside it. */
export function problemOf({ place, ...fault }: BundleFault, { where }: PluginName, cwd: string): Problem {
  const related = place === undefined ? undefined : rangeIn(place, cwd);
  return { ...fault, where, ...(related === undefined ? {} : { related: [{ message: 'here', where: related }] }) };
}

function rangeIn({ file, line, column, length }: FilePlace, cwd: string): SourceRange | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const name = relative(cwd, file);
    const lines = text.split('\n').slice(0, line - 1);
    const start = lines.reduce((sum, each) => sum + each.length + 1, 0) + column;
    return { source: { name: name.startsWith('..') ? file : name, text }, start, end: start + Math.max(1, length) };
  } catch {
    return undefined;
  }
}
