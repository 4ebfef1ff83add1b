/**
 * What determines the bits of a result, and whether the native backend is installed, by looking at files only.
 *
 * The planning process calls this, so nothing here loads TensorFlow.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { nativeFolder, type NativeFolder, readNativeRecord } from './native-folder.ts';

export type BackendName = 'wasm' | 'native' | 'cpu';

/**
 * Everything about a backend that can change the last bits of a result, but our own kernels, which the digest of a stage's code
 * covers. It goes into the key of a training stage.
 */
export interface BackendDescription {
  readonly backend: BackendName;
  /** The installed version of TensorFlow.js. */
  readonly tfjs: string;
  /** The version of libtensorflow, for the native backend where it is installed. */
  readonly libtensorflow?: string;
  readonly arch: string;
  /** Sums depend on how they are split, so the number of threads is fixed. */
  readonly threads: number;
  /** The major version of Node: its JavaScript engine brings exp, log and tanh of its own. */
  readonly node: number;
}

/** What there is of the native backend. */
export interface NativeProbe {
  /** Whether the package is installed. */
  readonly installed: boolean;
  /** Whether its addon, which its install script fetches or builds, is there. */
  readonly addon: boolean;
  readonly addonFile?: string;
  readonly folder?: string;
  readonly version?: string;
  readonly libtensorflow?: string;
}

/**
 * @param from a folder to look for the native package in, besides the project's own dependencies
 * @throws Error when TensorFlow.js itself is not installed
 */
export function describeBackend(backend: BackendName, from?: string): BackendDescription {
  const facts = {
    backend,
    tfjs: installedVersion(packageOf(backend)),
    arch: process.arch,
    threads: threadsOf(backend),
    node: Number(process.versions.node.split('.')[0]),
  };
  const libtensorflow = backend === 'native' ? probeNative(from).libtensorflow : undefined;
  return libtensorflow === undefined ? facts : { ...facts, libtensorflow };
}

/** How many threads a backend computes with: on native as many as there are cores, or as TensorFlow's own variable says. */
export function threadsOf(backend: BackendName): number {
  if (backend !== 'native') return 1;
  const asked = Number(process.env['TF_NUM_INTRAOP_THREADS']);
  return Number.isInteger(asked) && asked > 0 ? asked : availableParallelism();
}

/** The installed one. */
export function tfjsVersion(): string {
  return installedVersion('@tensorflow/tfjs-core');
}

/** Where `pipeline doctor --install-native` puts what belongs to the installed version of TensorFlow.js. */
export function ownNativeFolder(): NativeFolder {
  return nativeFolder(tfjsVersion());
}

/**
 * Looks for `@tensorflow/tfjs-node` and its addon: where `doctor --install-native` puts it, in the given folder, then among this
 * package's own dependencies. One with its addon is preferred.
 * @param from a project's folder
 */
export function probeNative(from?: string): NativeProbe {
  const found = [ownInstallation(), ...dependencies(from)].filter((each) => each !== undefined);
  return found.find(({ addon }) => addon) ?? found[0] ?? { installed: false, addon: false };
}

const requireHere = createRequire(import.meta.url);

/** The planner asks for a description whatever is installed; the native package may be absent, core never is. */
function packageOf(backend: BackendName): string {
  return backend === 'wasm' ? '@tensorflow/tfjs-backend-wasm' : '@tensorflow/tfjs-core';
}

function ownInstallation(): NativeProbe | undefined {
  const folder = ownNativeFolder();
  const record = readNativeRecord(folder);
  const package_ =
    record === undefined ? undefined : resolveNative(createRequire(join(folder.package, 'package.json')));
  if (record === undefined || package_ === undefined) return undefined;
  return { ...look(package_), libtensorflow: record.libtensorflow };
}

function dependencies(from: string | undefined): (NativeProbe | undefined)[] {
  const requires = from === undefined ? [requireHere] : [createRequire(join(from, 'package.json')), requireHere];
  return requires.map((require) => {
    const folder = resolveNative(require);
    return folder === undefined ? undefined : look(folder);
  });
}

function resolveNative(require: NodeJS.Require): string | undefined {
  try {
    return dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return undefined;
  }
}

function look(folder: string): NativeProbe {
  const libtensorflow = libtensorflowVersion(join(folder, 'deps', 'lib'));
  const addonFile = entries(join(folder, 'lib'))
    .map((name) => join(folder, 'lib', name, 'tfjs_binding.node'))
    .find((file) => existsSync(file));
  return {
    installed: true,
    addon: addonFile !== undefined,
    ...(addonFile === undefined ? {} : { addonFile }),
    folder,
    version: packageVersion(folder),
    ...(libtensorflow === undefined ? {} : { libtensorflow }),
  };
}

function installedVersion(name: string): string {
  return packageVersion(dirname(requireHere.resolve(`${name}/package.json`)));
}

function packageVersion(folder: string): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The libraries carry their version in their file names: libtensorflow.so.2.9.1, libtensorflow.2.9.1.dylib. */
function libtensorflowVersion(folder: string): string | undefined {
  let best: string | undefined;
  for (const name of entries(folder)) {
    const version = /^libtensorflow(?:_cc)?(?:\.so)?\.(\d+(?:\.\d+)*)(?:\.dylib)?$/.exec(name)?.[1];
    if (version !== undefined && (best === undefined || version.length > best.length)) best = version;
  }
  return best;
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
