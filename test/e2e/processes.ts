import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
}

/** The processes that work in a folder or below it, and have not ended; by the system's own list, so Linux only. */
export function processesIn(folder: string): readonly SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const at = readlinkSync(`/proc/${name}/cwd`);
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X' || (at !== folder && !at.startsWith(`${folder}/`))) return [];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        // Gone meanwhile, or not ours to look at.
        return [];
      }
    });
}

/** Waits, however busy the machine is. */
export async function until(condition: () => boolean, what: string, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !condition();) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(10);
  }
}

export function noProcessIsLeftIn(folder: string): Promise<void> {
  return until(() => processesIn(folder).length === 0, `no process is left in ${folder}`);
}
