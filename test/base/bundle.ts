import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** Makes one JavaScript file of a TypeScript one and what it imports, so that a test can run it as a process of its own. */
export function bundle(entry: string): string {
  const outfile = join(temporaryFolder(), 'bundle.mjs');
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=warning', `--outfile=${outfile}`];
  execFileSync('node_modules/.bin/esbuild', [entry, ...options], { stdio: 'inherit' });
  return outfile;
}
