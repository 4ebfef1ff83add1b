import module from 'node:module';

/** Node 22.8 and newer keep compiled code between runs, when asked to. */
export function installCompileCache(): void {
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
}
