import { statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, BuildOptions, BuildResult, Plugin } from 'esbuild';
import { LARGEST_TEXT } from '../config/read-text.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { BundleFault } from './faults.ts';
import { faultsOf } from './faults.ts';
import { isPackageFile, isPath, packageOf, packageVersions } from './packages.ts';
import { withOwnPlaces } from './own-places.ts';

/** What `import … from 'distill-pipeline'` is inside a plugin. */
export interface PluginInterface {
  /** Absolute path of the built plugin-interface.js. */
  readonly file: string;
  /** Of its code, which is part of every plugin's. */
  readonly digest: Digest;
}

export interface BundleRequest {
  /** As the project file names it. */
  readonly name: string;
  /** Absolute; of the project file. Names are resolved from it. */
  readonly folder: string;
  readonly interface: PluginInterface;
}

export interface Bundle {
  /** Digest of the import closure: minified, so that a comment changes nothing, and without a path of this machine. */
  readonly code: Digest;
  /** What runs, by file name; `plugin.mjs` is the entry. Packages are not in it: they stay where their own files are. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Absolute; every file that went into the code. */
  readonly inputs: readonly string[];
}

export interface FailedBundle {
  readonly faults: readonly BundleFault[];
  /** Absolute; those that were read before it failed. */
  readonly inputs: readonly string[];
}

/** The module with the plugin's exports, and the name that it has them under. */
export const ENTRY = 'plugin.mjs';
export const ENTRY_EXPORT = 'plugin';

/**
 * Bundles a plugin twice: what runs has the plugin's own files in it and leaves packages where they are, since they may read files
 * of their own; what is hashed has the packages in it too.
 */
export async function bundlePlugin(request: BundleRequest): Promise<Result<Bundle, FailedBundle>> {
  const { build } = await import('esbuild');
  const own = new Set<string>();
  try {
    const runs = await build({ ...common(request), ...running(request), plugins: [ownCode(request, own)] });
    const hashed = await hashedBuild(request, build);
    const inputs = inputsOf(request, [runs, hashed.result], own);
    const packages = packageVersions([...inputs, ...hashed.apart]);
    const texts = hashed.result.outputFiles?.map(({ text }) => text) ?? [];
    return success({
      code: sha256(JSON.stringify([...texts, ...packages, request.interface.digest])),
      files: new Map((runs.outputFiles ?? []).map(({ path, contents }) => [path.slice(OUTPUT.length + 1), contents])),
      inputs,
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return failure({ faults: faultsOf(error.errors, request), inputs: [...own] });
  }
}

/** Nothing is written: a folder that the maps of the sources are relative to, the map's `sourceRoot` then leads to. */
const OUTPUT = '/output';

function common({ name, folder }: BundleRequest): BuildOptions {
  return {
    stdin: {
      contents: `export * as ${ENTRY_EXPORT} from ${JSON.stringify(name)};\n`,
      resolveDir: folder,
      sourcefile: STDIN,
    },
    absWorkingDir: folder,
    outdir: OUTPUT,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // As Node resolves: bundlers alone know "module".
    conditions: [],
    // A tsconfig.json far above would be one more thing that changes the code unseen.
    tsconfigRaw: {},
    legalComments: 'none',
    logLevel: 'silent',
  };
}

const STDIN = 'the-project-file';

function running({ folder }: BundleRequest): BuildOptions {
  const here = JSON.stringify(pathToFileURL(`${folder}/`).href);
  return {
    splitting: true,
    entryNames: 'plugin',
    outExtension: { '.js': '.mjs' },
    sourcemap: 'linked',
    sourceRoot: pathToFileURL('/').href,
    // CommonJS files among the plugin's own still ask for packages by `require`.
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module';const require = __createRequire(${here});`,
    },
  };
}

/** The plugin's own files go in; packages, Node's modules and this program's interface stay outside, by absolute address. */
function ownCode(request: BundleRequest, own: Set<string>): Plugin {
  let root: string | undefined;
  const address = pathToFileURL(request.interface.file).href;
  const isOwn = (path: string): boolean => !isPackageFile(path) || (root !== undefined && packageOf(path) === root);
  return {
    name: 'own-code',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === ASKED) return undefined;
        const { importer, kind, namespace, resolveDir } = from;
        const required = kind === 'require-call' || kind === 'require-resolve';
        // Node 20 cannot `require` an ES module; a bundled module that imports it can be required.
        if (path === 'distill-pipeline' && required) return { path: address, namespace: REQUIRED };
        if (path === 'distill-pipeline' || namespace === REQUIRED) return { path: address, external: true };
        if (isBuiltin(path)) return { path, external: true };
        const isEntry = importer === STDIN || importer === resolve(request.folder, STDIN);
        if (isPath(path) && !isEntry && !path.endsWith('.node')) return undefined;
        const found = await build.resolve(path, { importer, kind, namespace, resolveDir, pluginData: ASKED });
        // Where it cannot be found, esbuild says so itself, or lets pass what stands in a `try`.
        if (found.errors.length > 0 || found.external) return undefined;
        if (isEntry && isPackageFile(found.path)) root = packageOf(found.path);
        if (isOwn(found.path) ? !found.path.endsWith('.node') : !RUNS_AS_IT_IS.test(found.path)) return undefined;
        return { path: required ? found.path : pathToFileURL(found.path).href, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, () => ({
        contents: `export * from ${JSON.stringify(address)};`,
      }));
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
        own.add(path);
        // To read a pipe would wait for its writer, and a device may have no end.
        const stats = statSync(path);
        if (!stats.isFile()) return { errors: [{ text: `${path} is no ordinary file` }] };
        if (stats.size > LARGEST_TEXT) return { errors: [{ text: `${path} is too large for code` }] };
        return withOwnPlaces(path);
      });
    },
  };
}

/** Marks a question of our own to esbuild's resolution. */
const ASKED = 'asked';
const REQUIRED = 'required';

/** What Node can load where it lies; a package of TypeScript files, or JSON that is imported, is bundled. */
const RUNS_AS_IT_IS = /\.(?:[cm]?js|node)$/;

interface HashedBuild {
  readonly result: BuildResult;
  /** A file each of the packages that cannot be bundled, and count by name and version. */
  readonly apart: ReadonlySet<string>;
}

/** Again and again without the packages that esbuild stumbles over: native ones, and such as need what is not installed. */
async function hashedBuild(
  request: BundleRequest,
  build: (options: BuildOptions) => Promise<BuildResult>,
): Promise<HashedBuild> {
  const apart = new Set<string>();
  const apartNames = new Set<string>();
  for (;;) {
    try {
      const plugins = [wholeCode(apartNames)];
      const result = await build({ ...common(request), minify: true, loader: { '.node': 'binary' }, plugins });
      return { result, apart };
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      const files = error.errors.map(({ location }) => resolve(request.folder, location?.file ?? ''));
      const stumbled = files.filter((file) => isPackageFile(file) && !apart.has(file));
      if (stumbled.length === 0) throw error;
      for (const file of stumbled) {
        apart.add(file);
        apartNames.add(nameOf(packageOf(file)));
      }
    }
  }
}

function nameOf(packageFolder: string): string {
  return packageFolder.slice(packageFolder.lastIndexOf('/node_modules/') + '/node_modules/'.length);
}

function wholeCode(apart: ReadonlySet<string>): Plugin {
  return {
    name: 'whole-code',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
        const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
        const isOutside = path === 'distill-pipeline' || isBuiltin(path) || apart.has(name);
        return isOutside ? { path, external: true } : undefined;
      });
    },
  };
}

function inputsOf({ folder }: BundleRequest, results: readonly BuildResult[], own: ReadonlySet<string>): string[] {
  const named = results.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  // What has a namespace is made by esbuild itself.
  const files = named.filter((name) => name !== STDIN && !/^[^/]{2,}:/.test(name)).map((name) => resolve(folder, name));
  return [...new Set([...own, ...files])].sort();
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
