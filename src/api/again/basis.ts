import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Digest, sha256 } from '../../base/hash.ts';
import { LARGEST_TEXT } from '../../config/read-text.ts';
import type { SeenFolder } from '../../config/project-search.ts';
import type { SeenPlaces } from '../../plugins/places.ts';
import { programFile } from '../program-file.ts';

/** What a pipeline was understood from, besides its own text. */
export interface SeenDefinition {
  readonly project: readonly SeenFolder[];
  /** One text digest a params file. */
  readonly params: readonly Digest[];
  readonly plugins: readonly SeenPlaces[];
}

/** Which pipeline, and what of it the caller sets. */
interface Asked {
  readonly file: string;
  readonly cwd?: string;
  readonly set?: readonly string[];
  readonly paramsFiles?: readonly string[];
  readonly backend?: string;
  readonly targets?: readonly string[];
}

/** Names what was asked for. */
export function requestDigest(request: Asked): Digest {
  const { file, cwd = process.cwd(), set = [], paramsFiles = [], backend = null, targets = [] } = request;
  const files = paramsFiles.map((name) => resolve(cwd, name));
  return sha256(JSON.stringify([resolve(cwd, file), set, files, backend, targets]));
}

/**
 * Digest of all that decides what the pipeline means, but for plugins, which are looked at by their places: this program, the
 * machine, the texts. Undefined where the program was not built, so that nothing can be said of it.
 */
export function basisDigest(text: string, { project, params }: Omit<SeenDefinition, 'plugins'>): Digest | undefined {
  const program = programStamp();
  if (program === undefined) return undefined;
  const machine = [process.version, process.arch, process.platform, availableParallelism()];
  return sha256(JSON.stringify([program, machine, project, params, sha256(text)]));
}

/** Digests of texts; of one that is not there, too, since that it is missing is told by who needs it. */
export function textDigests(files: readonly string[], cwd: string): readonly Digest[] {
  return files.map((file) => sha256(readPlainText(resolve(cwd, file)) ?? ''));
}

/** As `readText` reads it; undefined for what is no readable text. To open a pipe would wait for its writer. */
export function readPlainText(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > LARGEST_TEXT) return undefined;
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** The whole planning program is one file, with the digests of all stage types' code in it. */
function programStamp(): string | undefined {
  const path = programFile('command-line.cjs');
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : [path, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
