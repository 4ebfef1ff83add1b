/** Python packages in a virtual environment of their own, in the user's cache: made once. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @param name of its folder @returns Python, or why there is none */
export function pythonWith(
  name: string,
  packages: readonly string[],
): { readonly python: string } | { readonly missing: string } {
  const { XDG_CACHE_HOME: cache } = process.env;
  const base = cache === undefined || cache === '' ? join(homedir(), '.cache') : cache;
  const folder = join(base, 'distill-pipeline', name);
  const python = join(folder, 'bin', 'python');
  // Written last: without it, there is half an installation.
  const done = join(folder, 'installed');
  if (existsSync(done)) return { python };
  rmSync(folder, { recursive: true, force: true });
  console.error(`installing ${packages.join(' ')} into ${folder}`);
  const failed =
    failure('python3', ['-m', 'venv', folder]) ?? failure(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  if (failed !== undefined) return { missing: failed };
  writeFileSync(done, '');
  return { python };
}

function failure(command: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  const last = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `\`${[command === 'python3' ? command : 'python', ...args.slice(0, 3)].join(' ')}\` failed: ${last}`;
}
