import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const LONGEST_MS = 15 * 60_000;

/** Where a server of the tests is built: in the user's cache, so once for all clones. */
export function builtProgram(name: string): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  const folder = cache === undefined || cache === '' ? join(homedir(), '.cache') : cache;
  return join(folder, 'distill-pipeline', name, process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Builds it with Go, where it is not there yet. With `--if-possible` among the arguments, ends well where there is no Go or it
 * does not work: the tests then say that they are skipped.
 */
export function installWithGo(source: string, { title, program }: { title: string; program: string }): void {
  if (existsSync(program)) return;
  const built = spawnSync('go', ['install', source], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, GOBIN: dirname(program) },
    timeout: LONGEST_MS,
    encoding: 'utf8',
  });
  if (built.status === 0) return;
  const why = built.error?.message ?? built.stderr.split('\n').slice(-5).join('\n');
  process.stderr.write(`${title} was not built: ${why}\n`);
  if (!process.argv.includes('--if-possible')) process.exitCode = 1;
}
