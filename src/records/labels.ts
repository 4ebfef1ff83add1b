import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import { namesIn } from './names-in.ts';

/** What a person calls a run by: one run has the name, many may have the tag. */
export interface Label {
  readonly run: RunId;
  readonly kind: 'name' | 'tag';
  readonly label: string;
}

/**
 * Every label. Each is an empty file, `<run>.tag.<label>`, so that two that label at once do not undo one another, and a thousand runs
 * are listed without reading a file for each.
 * @param folder `<store>/labels`
 */
export function readLabels(folder: string): readonly Label[] {
  return namesIn(folder).flatMap((file) => {
    const [, run, kind, label] = /^([\w-]+)\.(name|tag)\.(.+)$/.exec(file) ?? [];
    if (run === undefined || label === undefined) return [];
    return [{ run: run as RunId, kind: kind as Label['kind'], label }];
  });
}

/** @throws StoreError where the folder cannot be written to */
export function addLabels(folder: string, labels: readonly Label[]): Promise<void> {
  if (labels.length === 0) return Promise.resolve();
  return usable(folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const label of labels) writeFileSync(labelFile(folder, label), '');
    return Promise.resolve();
  });
}

/** Those that there are. @throws StoreError where the folder cannot be written to */
export function removeLabels(folder: string, labels: readonly Label[]): Promise<void> {
  return usable(folder, () => {
    for (const label of labels) rmSync(labelFile(folder, label), { force: true });
    return Promise.resolve();
  });
}

export function labelFile(folder: string, { run, kind, label }: Label): string {
  return join(folder, `${run}.${kind}.${label}`);
}
