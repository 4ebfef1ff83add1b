/**
 * Whether the native backend that is installed does load, as it was found when it was last tried: kept in the store, so that `auto`
 * pays for a trial once an installation. Loads nothing: a run with nothing to do asks here, too.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFlushedSync } from '../base/atomic-file.ts';
import { type NativeProbe, ownNativeFolder } from '../tensor/facts.ts';

interface Trial {
  /** Of what was tried. */
  readonly stamp: string;
  readonly loads: boolean;
  /** In milliseconds. */
  readonly at: number;
}

/** @returns undefined where it is to be tried, or tried again */
export function triedBefore(store: string, native: NativeProbe): boolean | undefined {
  try {
    const { stamp, loads, at } = JSON.parse(readFileSync(trialFile(store), 'utf8')) as Partial<Trial>;
    if (stamp !== stampOf(native) || typeof loads !== 'boolean' || typeof at !== 'number') return undefined;
    // A machine may have been too busy: what did not load is tried again, but not by every run.
    return loads || Math.abs(Date.now() - at) < FAILURE_HOLDS_MS ? loads : undefined;
  } catch {
    return undefined;
  }
}

export function rememberTrial(store: string, native: NativeProbe, loads: boolean): void {
  const trial: Trial = { stamp: stampOf(native), loads, at: Date.now() };
  try {
    replaceFlushedSync(trialFile(store), JSON.stringify(trial));
  } catch {
    // The next run tries again.
  }
}

const FAILURE_HOLDS_MS = 3_600_000;

function trialFile(store: string): string {
  return join(store, 'native-trial.json');
}

/** Changes with the installation, the addon, or Node. */
function stampOf({ folder = '', addonFile = '', libtensorflow = '' }: NativeProbe): string {
  const files = [join(folder, 'package.json'), addonFile, ownNativeFolder().record];
  const stats = files.map((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found === undefined ? 'none' : `${found.mtimeMs}/${found.size}/${found.ino}`;
  });
  return [folder, libtensorflow, process.version, ...stats].join(' ');
}
