import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { processIdentity, processState } from '../base/process-identity.ts';

/**
 * A path in the folder, which is made if it is not there, for something half-made. The name says whose it is:
 * `half-<purpose>-<host>-<boot>-<pid>-<start>-<random>`.
 */
export async function temporaryPath(folder: string, purpose: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { boot, pid, started } = processIdentity();
  const maker = [hostTag(), tag(boot), pid, encodeURIComponent(started)];
  return join(folder, ['half', purpose, ...maker, randomBytes(6).toString('hex')].join('-'));
}

/** Removes what processes that are gone left half-made in the folder. */
export async function sweepTemporary(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // Another run may sweep too, and a stage may have left folders that nobody may write to: these are for gc to name.
    if (isAbandoned(name)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Whether its maker is surely gone. What has no such name is nobody's to remove. */
export function isAbandoned(name: string): boolean {
  const [half, , host, boot, pid, started] = name.split('-');
  if (half !== 'half' || host !== hostTag() || boot === undefined || started === undefined) return false;
  const here = processIdentity();
  if (boot !== tag(here.boot)) return true;
  return processState({ ...here, pid: Number(pid), started: decodeURIComponent(started) }) === 'dead';
}

function hostTag(): string {
  const { host, machine } = processIdentity();
  return tag(`${host}\n${machine}`);
}

function tag(text: string): string {
  return sha256(text).slice(0, 8);
}
