import { isJsonObject, type JsonValue } from '../../base/json.ts';

/** What a file that is there gets, and in words. */
export type Change =
  { readonly append: string; readonly note: string } | { readonly replace: string; readonly note: string };

/** @param store relative to the folder of .gitignore */
export function ignoringLines(store: string): string {
  return `# results and runs of pipelines\n/${store}/\n`;
}

/** @returns undefined where it is ignored already */
export function ignoringFile(text: string, store: string): Change | undefined {
  const ways = [store, `/${store}`, `${store}/`, `/${store}/`, `${store}/*`, `/${store}/*`];
  if (text.split(/\r?\n/).some((line) => ways.includes(line.trim()))) return undefined;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return { append: separator + ignoringLines(store), note: `/${store}/ is ignored now` };
}

/**
 * A script for the first pipeline, where it would work: in a package that depends on this one.
 * @returns undefined where there is nothing to add
 */
export function addScript(manifest: string, pipeline: string): Change | undefined {
  const read = parsed(manifest);
  if (!isJsonObject(read)) return undefined;
  const { scripts = {}, dependencies, devDependencies } = read;
  const depends = [dependencies, devDependencies].some((list) => isJsonObject(list) && Object.hasOwn(list, PACKAGE));
  if (!depends || !isJsonObject(scripts) || Object.hasOwn(scripts, SCRIPT)) return undefined;
  const value = { ...read, scripts: { ...scripts, [SCRIPT]: `pipeline run ${pipeline}` } };
  const indent = /^\{\r?\n([ \t]+)/.exec(manifest)?.[1] ?? '  ';
  const end = manifest.endsWith('\n') ? '\n' : '';
  return { replace: JSON.stringify(value, null, indent) + end, note: `npm run ${SCRIPT} runs the pipeline` };
}

const PACKAGE = 'distill-pipeline';
const SCRIPT = 'distill';

/** Who has a package.json that is no JSON hears of it from npm. */
function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
