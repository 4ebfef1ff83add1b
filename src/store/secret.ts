import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../base/errno.ts';
import type { Digest } from '../base/hash.ts';

/**
 * Hashes values with a secret that lies in the store's folder, for its owner's eyes alone: a short value, as a password, could be
 * found from a plain hash by trying. Read when first asked; where it is lost, whatever was keyed with it is a miss.
 */
export function keyedHash(store: string): (name: string, value: string) => Digest {
  let secret: string | undefined;
  return (name, value) => {
    secret ??= readSecret(store);
    return createHmac('sha256', secret)
      .update(JSON.stringify([name, value]))
      .digest('hex') as Digest;
  };
}

function readSecret(store: string): string {
  const file = join(store, 'secret');
  const before = secretIn(file);
  if (before !== undefined) return before;
  const made = randomBytes(32).toString('hex');
  const temporary = join(store, `.secret.${process.pid}-${made.slice(0, 12)}.tmp`);
  try {
    writeFileSync(temporary, made, { mode: 0o600, flag: 'wx' });
    // Of two that make one at once, the first is kept.
    linkSync(temporary, file);
    return made;
  } catch (error) {
    // A store that cannot be written to: then no key with a variable is ever found in it.
    if (!isErrno(error)) throw error;
    const first = secretIn(file);
    // One that is damaged is no secret.
    if (first === undefined && error.code === 'EEXIST') renameSync(temporary, file);
    return first ?? made;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function secretIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
