import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { guarded } from './guarded.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('a guarded process', () => {
  test('is gone soon after the one that started it was killed', async () => {
    const file = join(temporaryFolder(), 'pid');
    const program = `
      import { guarded } from ${JSON.stringify(pathToFileURL('test/base/guarded.ts'))};
      guarded(${JSON.stringify(sleeper(file))});
      setInterval(() => undefined, 1_000);`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const pid = await pidIn(file);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await untilGone(pid);
  });

  test('is gone when it was ended', async () => {
    const file = join(temporaryFolder(), 'pid');
    const process = guarded(sleeper(file));
    const pid = await pidIn(file);
    expect(process.hasEnded()).toBe(false);
    await process.end('TERM');
    expect(process.hasEnded()).toBe(true);
    await untilGone(pid);
  });

  test('that ends by itself is known to have ended, and what it said', async () => {
    const process = guarded(['/bin/sh', '-c', 'echo no such thing >&2; exit 3']);
    while (!process.hasEnded()) await sleep(10);
    expect(process.said()).toBe('no such thing');
    await process.end('KILL');
  });
});

function sleeper(file: string): readonly string[] {
  return ['/bin/sh', '-c', 'echo $$ > "$0"; exec sleep 600', file];
}

async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = Number(textIn(file));
    if (pid > 0) return pid;
    await sleep(20);
  }
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
