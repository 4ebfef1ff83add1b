import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject } from '../base/json.ts';
import type { RunId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import { namesIn } from './names-in.ts';

/** A run whose results gc keeps. */
export interface Pin {
  readonly run: RunId;
  /** `best`: commands take it in place of the run's id. */
  readonly name?: string;
}

/**
 * Every pin. One file a run, so that two that pin at once do not undo one another.
 * @param folder `<store>/pins`
 */
export function readPins(folder: string): readonly Pin[] {
  return namesIn(folder).flatMap((file) => {
    const run = /^([\w-]+)\.json$/.exec(file)?.[1];
    if (run === undefined) return [];
    const name = nameIn(join(folder, file));
    return [{ run: run as RunId, ...(name === undefined ? {} : { name }) }];
  });
}

/** Pins the run, or gives its pin another name. @throws StoreError where the folder cannot be written to */
export function writePin(folder: string, { run, name }: Pin): Promise<void> {
  return usable(folder, async () => {
    mkdirSync(folder, { recursive: true });
    await replaceFile(pinFile(folder, run), `${JSON.stringify(name === undefined ? {} : { name })}\n`);
  });
}

/** Removes the pin, if there is one. @throws StoreError where the folder cannot be written to */
export function removePin(folder: string, run: RunId): Promise<void> {
  return usable(folder, () => {
    rmSync(pinFile(folder, run), { force: true });
    return Promise.resolve();
  });
}

function pinFile(folder: string, run: RunId): string {
  return join(folder, `${run}.json`);
}

/** A file that says nothing that can be read is a pin still: it is there for a reason. */
function nameIn(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const name = isJsonObject(content) ? content['name'] : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
