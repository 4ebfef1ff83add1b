import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { temporaryFolder } from '../../base/temporary-folder.ts';

let folder: Promise<string> | undefined;

/** Path of one of this folder's programs, as JavaScript that Node can run by itself. */
export async function builtProgram(name: 'stage-process' | 'runner'): Promise<string> {
  folder ??= buildPrograms();
  return `${await folder}/${name}.js`;
}

async function buildPrograms(): Promise<string> {
  const outdir = temporaryFolder();
  const here = fileURLToPath(new URL('.', import.meta.url));
  await build({
    entryPoints: [`${here}/stage-process.ts`, `${here}/runner.ts`],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  // Its own process would outlive the tests otherwise.
  await stop();
  return outdir;
}
