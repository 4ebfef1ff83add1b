import { builtProgram } from './go-program.ts';

/** Where the server is built that the tests of remotes use. */
export function minioProgram(): string {
  return builtProgram('minio');
}
