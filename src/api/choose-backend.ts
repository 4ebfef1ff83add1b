import { failure, success, type Result } from '../base/result.ts';
import type { BackendChoice, BackendName } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { probeNative, type NativeProbe } from '../tensor/facts.ts';
import { triedBefore } from './native-trial.ts';

/** Installed, and not known to load. */
export interface Untried {
  readonly untried: NativeProbe;
}

/**
 * The backend that a choice stands for on this machine, by looking at files alone.
 * @param folder where the native backend may be installed, besides this package's own dependencies
 * @param store where the trial of a native backend is kept
 * @returns an untried backend where `auto` depends on whether it loads
 */
export function chooseBackend(
  choice: BackendChoice,
  { folder, store }: { readonly folder: string; readonly store: string },
): Result<BackendName | Untried, Problem> {
  if (choice === 'wasm') return success('wasm');
  const native = probeNative(folder);
  if (choice === 'auto') {
    const loads = native.addon ? triedBefore(store, native) : false;
    if (loads === undefined) return success({ untried: native });
    return success(loads ? 'native' : 'wasm');
  }
  if (native.addon) return success('native');
  return failure({
    code: 'backend-unavailable',
    message: `the native backend was asked for, but ${whatIsMissing(native)}`,
    hint: '`pipeline doctor --install-native` sets it up; --backend wasm needs no installation, and --backend auto takes what is there',
  });
}

/** `@tensorflow/tfjs-node is not installed` */
export function whatIsMissing(native: NativeProbe): string {
  if (!native.installed) return '@tensorflow/tfjs-node is not installed';
  return `@tensorflow/tfjs-node ${native.version ?? ''} is installed without its native addon`;
}
