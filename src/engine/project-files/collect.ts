import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../base/errno.ts';
import type { ArtifactRef } from '../../core/artifact.ts';
import type { CommandPath } from '../../core/command.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { FileHasher } from '../../fingerprint/file-hasher.ts';
import { type FileStamp, sameStamp, stampOf } from '../../fingerprint/file-sight.ts';
import { filesAt } from './outputs-on-disk.ts';
import { type Places, requireSafePlaces } from './places.ts';

export interface CollectedOutputs {
  readonly facts: { readonly executable?: readonly string[] };
  /** Remembers what the files were, when they have their digests. */
  learn(hasher: FileHasher, artifact: ArtifactRef): void;
}

/**
 * Copies what a command made into a folder, each file at its path in the project.
 * @throws StageFailure for an output that is not there, or is no file and no folder of files
 */
export async function collectOutputs(
  places: Places,
  outputs: readonly CommandPath[],
  target: string,
): Promise<CollectedOutputs> {
  requireSafePlaces(places, outputs);
  const executable: string[] = [];
  const sights = new Map<string, { stamp: FileStamp; readAt: number }>();
  for (const output of outputs) {
    await requireThere(places, output);
    for (const { path, kind } of filesAt(places.folder, output.path)) {
      if (kind === 'other') throw odd(path, output);
      const from = join(places.folder, path);
      const to = join(target, path);
      await mkdir(dirname(to), { recursive: true });
      const before = await steadyStat(from);
      const readAt = Date.now();
      await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      const stamp = stampOf(await stat(from, { bigint: true }));
      if (sameStamp(stampOf(before), stamp)) sights.set(path, { stamp, readAt });
      if ((Number(before.mode) & 0o111) !== 0) executable.push(path);
    }
  }
  return {
    facts: executable.length === 0 ? {} : { executable },
    learn(hasher, { files }) {
      for (const { path, digest } of files) {
        const sight = sights.get(path);
        if (sight !== undefined) hasher.learn(join(places.folder, path), { ...sight, digest });
      }
    },
  };
}

/** Those of a result that may be executed: no part of an artifact, which is paths and contents. */
export function executableFiles({ facts }: StageRecord): readonly string[] {
  return (facts['executable'] ?? []) as readonly string[];
}

/**
 * A file that was changed just now may change again and look the same (see file-sight.ts). A large one is worth the waiting, so
 * that nobody has to read it again for that.
 */
async function steadyStat(path: string) {
  const found = await stat(path, { bigint: true });
  const age = Date.now() - Number(found.ctimeMs);
  if (found.size < LARGE || age < 0 || age > TICK_MS) return found;
  await sleep(TICK_MS + 1 - age);
  return stat(path, { bigint: true });
}

const LARGE = 1 << 20;
const TICK_MS = 25;

async function requireThere({ folder }: Places, { path, pointer }: CommandPath): Promise<void> {
  let found: Stats;
  try {
    found = await lstat(join(folder, path));
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    const hint = 'outputs are relative to the project folder, wherever the command runs';
    throw new StageFailure('output-missing', `the command ended well, but did not make "${path}"`, { pointer, hint });
  }
  if (!found.isFile() && !found.isDirectory()) throw odd(path, { path, pointer });
}

function odd(path: string, { pointer }: CommandPath): StageFailure {
  const message = `the output "${path}" is a link, a pipe, a socket or a device, and only ordinary files can be kept`;
  return new StageFailure('output-unsafe', message, { pointer, hint: 'write a copy of the content in its place' });
}
