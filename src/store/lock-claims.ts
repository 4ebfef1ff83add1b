import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { type ProcessIdentity, processState } from '../base/process-identity.ts';
import { unsealJson } from '../base/sealed-json.ts';
import type { RunId } from '../core/ids.ts';

/** Who claims a lock. */
export interface Holder extends ProcessIdentity {
  /** Of this one claim. */
  readonly token: string;
  readonly run?: RunId;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export type Claim = { readonly number: number } & (
  { readonly state: 'alive' | 'elsewhere'; readonly holder: Holder } | { readonly state: 'dead' }
);

/** The claims in a lock's folder; none where it is not there. Whatever is there throughout the call is in the list. */
export function readClaims(folder: string): readonly Claim[] {
  return numbers(folder).flatMap((number) => {
    const text = textOf(join(folder, String(number)));
    return text === undefined ? [] : [toClaim(number, text)];
  });
}

/** For who waits: `run 20261124-142233-k3f9 (process 4711 on laptop, since 2026-11-24 14:22:33 UTC)`. */
export function describeHolder(holder: Holder, folder: string): string {
  const since = `${holder.since.slice(0, 19).replace('T', ' ')} UTC`;
  const words = `${holder.run === undefined ? 'another run' : `run ${holder.run}`} (process ${holder.pid} on ${holder.host}, since ${since})`;
  // Nobody here can see whether it still lives; a person can.
  return processState(holder) === 'elsewhere' ? `${words}; if it is gone for good, remove ${folder}` : words;
}

function toClaim(number: number, text: string): Claim {
  const holder = unsealJson(text) as unknown as Holder | undefined;
  if (holder === undefined) return { number, state: 'dead' };
  const state = processState(holder);
  return state === 'dead' ? { number, state } : { number, state, holder };
}

function numbers(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'EIO', 'EISDIR')) return '';
    throw error;
  }
}
