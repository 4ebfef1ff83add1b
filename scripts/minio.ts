import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the server is built that the tests of remotes use. */
export function minioProgram(): string {
  return join(minioFolder(), process.platform === 'win32' ? 'minio.exe' : 'minio');
}

export function minioFolder(): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'distill-pipeline', 'minio');
}
