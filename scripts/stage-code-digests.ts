import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** What every stage that computes with tensors runs on: our kernels and gradients. The child process loads them, not run.ts. */
const backend = 'src/tensor/backend.ts';

/**
 * What a stage type's code is, as one digest: everything that its run.ts imports, bundled and minified, so that a comment or a
 * line break changes nothing and a changed helper changes every stage that uses it; and the versions of the packages it names.
 */
export async function stageCodeDigests(): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const type of await stageTypeFolders()) digests[type] = await codeDigest(`src/stages/${type}/run.ts`);
  return digests;
}

async function stageTypeFolders(): Promise<string[]> {
  const runners = (await readdir('src/stages', { recursive: true })).filter((path) => /^[^/]+\/run\.ts$/.test(path));
  return runners.map((path) => path.slice(0, -'/run.ts'.length)).sort();
}

/** @param run the module that is entered; nothing but what it imports counts */
export async function codeDigest(run: string): Promise<string> {
  const alone = await bundle([run]);
  const computesWithTensors = 'src/tensor/tf.ts' in alone.metafile.inputs;
  const { outputFiles, metafile } = computesWithTensors ? await bundle([run, backend]) : alone;
  const hash = createHash('sha256');
  for (const file of outputFiles) hash.update(file.contents);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  for (const version of await packageVersions(imports)) hash.update(`\n${version}`);
  return hash.digest('hex');
}

function bundle(entryPoints: string[]) {
  return build({
    entryPoints,
    outdir: 'dist',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    legalComments: 'none',
    logLevel: 'error',
  });
}

/** Only packages that this project pins: what is optional or built into Node is told by the key's environment. */
async function packageVersions(imports: readonly string[]): Promise<string[]> {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = new Set(
    imports.map((path) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
  return [...names]
    .filter((name) => name in dependencies)
    .sort()
    .map((name) => `${name}@${dependencies[name] ?? ''}`);
}
