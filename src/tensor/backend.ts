/** Loads TensorFlow.js' backends, with our kernels on the WASM one. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { probeNative } from './facts.ts';
import type { BackendName } from './facts.ts';
import { installGradients } from './gradients/install.ts';
import { installKernels } from './kernels/install.ts';
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
  readonly remedy: string;

  constructor(backend: BackendName, what: string, remedy: string, cause?: unknown) {
    super(`${what} ${remedy}`, cause === undefined ? undefined : { cause });
    this.backend = backend;
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
      `The WASM backend of TensorFlow.js did not load: ${message(cause)}.`,
      'Where the processor is not the reason, its package @tensorflow/tfjs-backend-wasm may be damaged: install again.',
      cause,
    );
  }
  return { ...common('wasm'), threads: 1, simd: true };
}

async function loadNative(from: string | undefined): Promise<BackendFacts> {
  const probe = probeNative(from);
  const remedy =
    'Nothing breaks: the WASM backend is the default and needs no installation. `pipeline doctor` says more.';
  if (!probe.installed || probe.folder === undefined) {
    throw new BackendUnavailable('native', 'The package @tensorflow/tfjs-node is not installed.', remedy);
  }
  if (!probe.addon) {
    const what = `@tensorflow/tfjs-node ${probe.version} is installed, but its native addon is missing.`;
    throw new BackendUnavailable('native', what, remedy);
  }
  try {
    restoreIsNullOrUndefined();
    // A CommonJS package, so that it finds the same tfjs-core as this file does.
    createRequire(join(probe.folder, 'package.json'))(probe.folder);
    await use('tensorflow');
  } catch (cause) {
    const what = `@tensorflow/tfjs-node ${probe.version} is installed, but did not load: ${message(cause)}.`;
    throw new BackendUnavailable('native', what, remedy, cause);
  }
  const { libtensorflow } = probe;
  const facts = { ...common('native'), threads: 1, simd: true };
  return libtensorflow === undefined ? facts : { ...facts, libtensorflow };
}

async function loadCpu(): Promise<BackendFacts> {
  try {
    await import('@tensorflow/tfjs-backend-cpu');
    // Without it, the first tensor prints an advertisement for tfjs-node.
    tf.env().set('IS_TEST', true);
    await use('cpu');
  } catch (cause) {
    const remedy = 'It is a reference for tests, and a development dependency; use wasm.';
    throw new BackendUnavailable('cpu', `The plain JavaScript backend did not load: ${message(cause)}.`, remedy, cause);
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
