import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf } from '../base/error-message.ts';
import { importModule } from '../base/import-module.ts';
import { failure, success, type Result } from '../base/result.ts';
import { isStageDeclaration, type StageDeclaration } from '../core/stage-declaration.ts';
import { ENTRY_EXPORT } from './bundle.ts';
import type { BundleFault, FilePlace } from './faults.ts';
import type { ReadyPlugin } from './bundle-cache.ts';

/** The stage types that a plugin exports, by whatever name, alone or in lists. */
export async function declarationsIn(entry: string): Promise<readonly StageDeclaration[]> {
  const module = (await importModule(pathToFileURL(entry).href)) as Record<string, Record<string, unknown>>;
  const exported = Object.values(module[ENTRY_EXPORT] ?? {});
  return [...new Set(exported.flat().filter(isStageDeclaration))];
}

/** The same, with all that can go wrong told. */
export async function importPlugin(
  name: string,
  { entry, inputs }: ReadyPlugin,
): Promise<Result<readonly StageDeclaration[], BundleFault>> {
  try {
    const declared = await inTime(declarationsIn(entry));
    if (declared === undefined) {
      const message = `the plugin ${name} did not load within ${PATIENCE_MS / 1000} s`;
      return failure({
        code: 'plugin-failed',
        message,
        hint: 'a plugin only declares when it is loaded: work belongs into `run`',
      });
    }
    if (declared.length > 0) return success(declared);
    return failure({
      code: 'plugin-invalid',
      message: `the plugin ${name} exports no stage type`,
      hint: "export what defineStageType({ … }) from 'distill-pipeline' gives",
    });
  } catch (error) {
    const place = await placeOfThrow(entry, inputs);
    const said = messageOf(error).split('\n')[0] ?? '';
    const message = `the plugin ${name} failed when it was loaded: ${said}`;
    return failure({ code: 'plugin-failed', message, ...(place === undefined ? {} : { place }) });
  }
}

const PATIENCE_MS = 30_000;

/** A module that waits forever would end this process without a word. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads it once more with the map of its sources, which Node looks at only when asked to before a module is loaded. */
async function placeOfThrow(entry: string, inputs: readonly string[]): Promise<FilePlace | undefined> {
  process.setSourceMapsEnabled(true);
  try {
    await importModule(`${pathToFileURL(entry).href}?with-its-places`);
    return undefined;
  } catch (error) {
    const stack = error instanceof Error ? String(error.stack) : '';
    for (const [, address = '', line, column] of stack.matchAll(/((?:file:\/\/)?\/[^\s():]+):(\d+):(\d+)/g)) {
      const file = address.startsWith('file:') ? fileURLToPath(address) : address;
      if (inputs.includes(file)) return { file, line: Number(line), column: Number(column) - 1, length: 1 };
    }
    return undefined;
  } finally {
    process.setSourceMapsEnabled(false);
  }
}
