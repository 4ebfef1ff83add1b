import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server that does not outlive the process that started it. */
export interface Guarded {
  hasEnded(): boolean;
  /** The end of what it wrote to its standard error. */
  said(): string;
  /** Kept when it is gone. */
  end(signal: 'TERM' | 'KILL'): Promise<void>;
}

/**
 * Its parent is a shell that kills it when this process is gone, however it went: only this process holds the other end of the
 * shell's pipe. As its parent has not waited for it, its number cannot belong to another process.
 */
export function guarded(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Guarded {
  // A terminal's signals go to its group, and are not for a shell that has to see the end.
  const shell = spawn('/bin/sh', ['-c', GUARD, 'guard', ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env,
  });
  let said = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  let hasEnded = false;
  // The server alone holds the other end.
  const ended = once(shell.stderr, 'close').then(() => {
    hasEnded = true;
    shell.stdin.end();
  });
  shell.stdin.on('error', () => undefined);
  return {
    hasEnded: () => hasEnded,
    said: () => said.trim(),
    end: async (signal) => {
      if (!hasEnded) shell.stdin.write(`${signal}\n`);
      const patience = setTimeout(() => shell.stdin.end(), 20_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

const GUARD = `
"$@" </dev/null &
server=$!
exec 2>/dev/null
while read -r signal; do kill -s "$signal" $server; done
kill -s KILL $server`;
