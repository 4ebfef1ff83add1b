import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import type { CommandPath } from '../../core/command.ts';

/**
 * Marks of outputs that a command is making: what lies there after a kill or a failure is nobody's work, and need not be kept.
 * They lie in the store, by the path that the output has in truth.
 */
export interface Unfinished {
  has(path: string): boolean;
  mark(outputs: readonly CommandPath[]): void;
  clear(outputs: readonly CommandPath[]): void;
}

export function unfinishedOutputs(store: { readonly unfinishedFolder: string }, folder: string): Unfinished {
  const markOf = (path: string): string => join(store.unfinishedFolder, sha256(`${folder}\n${path}`));
  return {
    has: (path) => existsSync(markOf(path)),
    mark(outputs) {
      if (outputs.length > 0) mkdirSync(store.unfinishedFolder, { recursive: true });
      for (const { path } of outputs) writeFileSync(markOf(path), `${join(folder, path)}\n`);
    },
    clear(outputs) {
      for (const { path } of outputs) rmSync(markOf(path), { force: true });
    },
  };
}
