/**
 * Builds MinIO with Go for the tests of remotes, by `npm run install:minio`: a few minutes, once, into the user's cache.
 * With `--if-possible`, ends well where there is no Go or it does not work: the tests then say that they are skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { minioFolder, minioProgram } from './minio.ts';

/** It has no versions that Go knows by name. */
const MINIO = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';
const LONGEST_MS = 15 * 60_000;

function main(): void {
  if (existsSync(minioProgram())) return;
  mkdirSync(minioFolder(), { recursive: true });
  const built = spawnSync('go', ['install', MINIO], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, GOBIN: minioFolder() },
    timeout: LONGEST_MS,
    encoding: 'utf8',
  });
  if (built.status === 0) return;
  const why = built.error?.message ?? built.stderr.split('\n').slice(-5).join('\n');
  process.stderr.write(`MinIO was not built: ${why}\n`);
  if (!process.argv.includes('--if-possible')) process.exitCode = 1;
}

main();
