/** Loads TensorFlow.js' backends, with our kernels on the WASM one. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { probeNative, threadsOf } from './facts.ts';
import type { BackendName } from './facts.ts';
import { installGradients } from './gradients/install.ts';
import { installKernels } from './kernels/install.ts';
import { installNativeKernels } from './native/install.ts';
import * as tf from './tf.ts';

/** What was loaded. */
export interface BackendFacts {
  readonly name: BackendName;
  readonly tfjsVersion: string;
  readonly libtensorflow?: string;
  readonly threads: number;
  readonly simd: boolean;
  readonly arch: string;
}

/** A backend that this machine or installation does not have. The message says what happened and what to do. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
  readonly backend: BackendName;
  /** Without a full stop. */
  readonly what: string;
  readonly remedy: string;

  constructor(backend: BackendName, what: string, remedy: string, cause?: unknown) {
    super(`${what}. ${remedy}`, cause === undefined ? undefined : { cause });
    this.backend = backend;
    this.what = what;
    this.remedy = remedy;
  }
}

/**
 * Loads a backend and makes it TensorFlow.js' current one. Loading it again is cheap.
 * @param from for 'native': a folder to look for `@tensorflow/tfjs-node` in, before the project's own dependencies
 * @throws BackendUnavailable
 */
export async function loadBackend(name: BackendName, from?: string): Promise<BackendFacts> {
  switch (name) {
    case 'wasm':
      return loadWasm();
    case 'native':
      return loadNative(from);
    case 'cpu':
      return loadCpu();
  }
}

const requireHere = createRequire(import.meta.url);

async function loadWasm(): Promise<BackendFacts> {
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this processor has no SIMD for WASM');
    if (!('wasm' in tf.engine().registry)) {
      const folder = dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
      wasm.setWasmPaths(join(folder, 'dist', '/'));
      // One thread: sums are then always taken in the same order, and the thread pool, which spins, was no faster.
      wasm.setThreadsCount(1);
    }
    await keepingProcessListeners(() => use('wasm'));
    installKernels();
  } catch (cause) {
    throw new BackendUnavailable(
      'wasm',
      `The WASM backend of TensorFlow.js did not load: ${message(cause)}`,
      'Where the processor is not the reason, its package @tensorflow/tfjs-backend-wasm may be damaged: install again.',
      cause,
    );
  }
  return { ...common('wasm'), threads: 1, simd: true };
}

async function loadNative(from: string | undefined): Promise<BackendFacts> {
  const probe = probeNative(from);
  const remedy =
    '`pipeline doctor --install-native` sets it up; the WASM backend is the default and needs no installation.';
  const { folder } = probe;
  if (folder === undefined) {
    throw new BackendUnavailable('native', 'The package @tensorflow/tfjs-node is not installed', remedy);
  }
  if (!probe.addon) {
    const what = `@tensorflow/tfjs-node ${probe.version} is installed, but its native addon is missing`;
    throw new BackendUnavailable('native', what, remedy);
  }
  try {
    prepareEnvironment();
    restoreIsNullOrUndefined();
    // It may have a tfjs-core of its own, of the same version: both copies keep backends, kernels and tensors in one global registry.
    const requireThere = createRequire(join(folder, 'package.json'));
    quietly(() => void requireThere(folder));
    await use('tensorflow');
    installNativeKernels({
      messages: () => requireThere('./dist/proto/api_pb.js') as Record<string, unknown>,
      tensorflow: () => requireThere(folder) as unknown,
    });
  } catch (cause) {
    const what = `@tensorflow/tfjs-node ${probe.version} is installed, but did not load: ${message(cause)}`;
    throw new BackendUnavailable('native', what, remedy, cause);
  }
  const libtensorflow = loadedLibtensorflow() ?? probe.libtensorflow;
  const facts = { ...common('native'), threads: threadsOf('native'), simd: true };
  return libtensorflow === undefined ? facts : { ...facts, libtensorflow };
}

async function loadCpu(): Promise<BackendFacts> {
  try {
    // It comes with tfjs-node, too.
    if (!('cpu' in tf.engine().registryFactory)) await import('@tensorflow/tfjs-backend-cpu');
    // Without it, the first tensor prints an advertisement for tfjs-node.
    tf.env().set('IS_TEST', true);
    await use('cpu');
  } catch (cause) {
    const remedy = 'It is a reference for tests, and a development dependency; use wasm.';
    throw new BackendUnavailable('cpu', `The plain JavaScript backend did not load: ${message(cause)}`, remedy, cause);
  }
  return { ...common('cpu'), threads: 1, simd: false };
}

async function use(backend: string): Promise<void> {
  installGradients();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js refused the backend '${backend}'`);
  await tf.ready();
}

/** Emscripten adds handlers that rethrow whatever the process meant to handle in its own way. */
async function keepingProcessListeners(load: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => new Set(process.rawListeners(event)));
  await load();
  events.forEach((event, index) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[index]?.has(listener)) process.removeListener(event, listener as () => void);
    }
  });
}

/** libtensorflow reads it when it is loaded. What the person has set stays. */
function prepareEnvironment(): void {
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threadsOf('native'));
  // Without it, every process is told on stderr which instructions another build would use.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}

/** A second copy of tfjs-core says that it sets the platform again, which it does to the same. */
function quietly(load: () => void): void {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    load();
  } finally {
    tf.env().set('PROD', before);
  }
}

/** The version in libtensorflow's own words. */
function loadedLibtensorflow(): string | undefined {
  return (tf.backend() as { readonly binding?: { readonly TF_Version?: string } }).binding?.TF_Version;
}

/** tfjs-node 4.22 calls a function that Node 23 removed. */
function restoreIsNullOrUndefined(): void {
  const util = requireHere('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function common(name: BackendName): Pick<BackendFacts, 'name' | 'tfjsVersion' | 'arch'> {
  return { name, tfjsVersion: tf.version_core, arch: process.arch };
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
