/**
 * What determines the bits of a result, and whether the native backend is installed, by looking at files only.
 *
 * The planning process calls this, so nothing here loads TensorFlow.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

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
    tfjs: packageVersion(dirname(requireHere.resolve(`${packageOf(backend)}/package.json`))),
    arch: process.arch,
    threads: 1,
    node: Number(process.versions.node.split('.')[0]),
  };
  const libtensorflow = backend === 'native' ? probeNative(from).libtensorflow : undefined;
  return libtensorflow === undefined ? facts : { ...facts, libtensorflow };
}

/**
 * Looks for `@tensorflow/tfjs-node` and its addon.
 * @param from a folder to look in first: the native backend may be set up in a folder of its own
 */
export function probeNative(from?: string): NativeProbe {
  const folder = resolveNative(from);
  if (folder === undefined) return { installed: false, addon: false };
  const version = packageVersion(folder);
  const libtensorflow = libtensorflowVersion(join(folder, 'deps', 'lib'));
  return {
    installed: true,
    addon: entries(join(folder, 'lib')).some((name) => existsSync(join(folder, 'lib', name, 'tfjs_binding.node'))),
    folder,
    version,
    ...(libtensorflow === undefined ? {} : { libtensorflow }),
  };
}

const requireHere = createRequire(import.meta.url);

/** The planner asks for a description whatever is installed; the native package may be absent, core never is. */
function packageOf(backend: BackendName): string {
  return backend === 'wasm' ? '@tensorflow/tfjs-backend-wasm' : '@tensorflow/tfjs-core';
}

function resolveNative(from: string | undefined): string | undefined {
  const requires = from === undefined ? [requireHere] : [createRequire(join(from, 'package.json')), requireHere];
  for (const require of requires) {
    try {
      return dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    } catch {
      // Not there: the next place, or none.
    }
  }
  return undefined;
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
