import { spawn } from 'node:child_process';
import type { Terminal } from './terminal.ts';

/** Where somebody sits before a screen: not in a pipe, and not on another machine. */
export function hasScreen({ env, stdout }: Pick<Terminal, 'env' | 'stdout'>): boolean {
  if (stdout.isTTY !== true || env['SSH_CONNECTION'] !== undefined) return false;
  return process.platform === 'darwin' || env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined;
}

/** Where there is none to open, nothing happens. */
export function openBrowser(file: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [file], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
