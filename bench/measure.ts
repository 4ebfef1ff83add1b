/** Whole processes, timed from outside. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** @throws Error where it does not end well */
export function seconds(command: string, args: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${status}:\n${stderr.slice(-2000)}`);
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;
}
