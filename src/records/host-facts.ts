import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism, cpus, hostname, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { GitState, HostFacts } from './run-record.ts';

export function hostFacts(): HostFacts {
  return {
    name: hostname(),
    platform: process.platform,
    release: release(),
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
  };
}

/** The commit that the folder is at; undefined outside a repository, before its first commit, or without Git. */
export async function gitState(folder: string): Promise<GitState | undefined> {
  try {
    if (!mayBeInRepository(folder)) return undefined;
    const { execFile } = await import('node:child_process');
    const { stdout } = await promisify(execFile)('git', GIT_STATUS, {
      cwd: folder,
      timeout: GIT_PATIENCE_MS,
      maxBuffer: 1 << 26,
      // A question must not take the index's lock from somebody who works in the repository.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    const commit = lines.find((line) => line.startsWith('# branch.oid '))?.slice('# branch.oid '.length);
    if (commit === undefined || !/^[0-9a-f]+$/.test(commit)) return undefined;
    return { commit, dirty: lines.some((line) => !line.startsWith('#')) };
  } catch {
    return undefined;
  }
}

/** Git looks for it in the same way; asking it takes five milliseconds, a tenth of a run with nothing to do. */
function mayBeInRepository(folder: string): boolean {
  if (process.env['GIT_DIR'] !== undefined) return true;
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

/** One command for the commit and the changes. Untracked files do not count, as in `git describe --dirty`. */
const GIT_STATUS = ['status', '--porcelain=v2', '--branch', '--untracked-files=no'];

const GIT_PATIENCE_MS = 5000;
