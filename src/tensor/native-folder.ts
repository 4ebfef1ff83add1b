/**
 * Where `pipeline doctor --install-native` puts tfjs-node: a folder of its own in the user's cache, one a version and platform.
 *
 * Not among this package's dependencies: there npm drops or rebuilds it as it likes, and every clone would have its own gigabyte.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface NativeFolder {
  readonly root: string;
  /** What npm installed: `node_modules/@tensorflow/tfjs-node` and what it needs. */
  readonly package: string;
  /** Written last, when the backend has computed a product: without it there is no installation. */
  readonly record: string;
}

export interface NativeRecord {
  readonly tfjs: string;
  readonly libtensorflow: string;
  /** Where libtensorflow came from, in words. */
  readonly source: string;
  /** The version of Node that it was tried with. */
  readonly node: string;
  readonly installedAt: string;
}

/** @param tfjs the version of TensorFlow.js: the two halves of it share one registry, so they are of one version */
export function nativeFolder(tfjs: string): NativeFolder {
  const root = join(cacheFolder(), `tfjs-node-${tfjs}-${process.platform}-${process.arch}`);
  return { root, package: join(root, 'package'), record: join(root, 'installed.json') };
}

/** Undefined where nothing is installed, or not to the end. */
export function readNativeRecord({ record }: NativeFolder): NativeRecord | undefined {
  return existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as NativeRecord) : undefined;
}

/** As the XDG base directory specification has it, on macOS too. */
function cacheFolder(): string {
  const { PIPELINE_NATIVE_FOLDER: chosen, XDG_CACHE_HOME: cache } = process.env;
  if (chosen !== undefined && chosen !== '') return chosen;
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'distill-pipeline', 'native');
}
