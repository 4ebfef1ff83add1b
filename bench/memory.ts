/**
 * The peak memory of each process of a run: `npm run bench:memory -- run FILE …`, after a build. On Linux: it looks at /proc four times
 * a second, at the peak that the system keeps for each process, so that only a peak in a process' last quarter of a second is missed.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Seen {
  readonly name: string;
  readonly peakMiB: number;
}

const command = join(import.meta.dirname, '../dist/cli.cjs');
const runner = spawn(process.execPath, [command, ...process.argv.slice(2)], { stdio: 'inherit' });
const seen = new Map<number, Seen>();
const looking = setInterval(look, 250);
runner.on('exit', (code) => {
  clearInterval(looking);
  for (const [pid, { name, peakMiB }] of seen) {
    console.log(`${pid === runner.pid ? 'the runner' : name}: at most ${Math.round(peakMiB)} MiB`);
  }
  process.exitCode = code ?? 1;
});

function look(): void {
  const ours = new Set([runner.pid]);
  // A child's number may be lower than its parent's, where they began anew: it is found at the next look.
  for (const pid of [...seen.keys(), ...processes()]) {
    const status = statusOf(pid);
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
    if (!ours.has(pid) && !ours.has(parent) && !seen.has(parent)) continue;
    ours.add(pid);
    const peakMiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '';
    if (peakMiB > 0) seen.set(pid, { name, peakMiB });
  }
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .sort((first, second) => first - second);
}

/** Empty where the process is gone. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
