/** What tfjs-node brings along besides its kernels; there once the native backend is loaded. */

/** The classes of TensorFlow's messages by their names in its .proto files. */
export type Messages = Readonly<Record<string, unknown>>;

export interface NativePackage {
  /** Loads them, which takes a while. */
  readonly messages: () => Messages;
  /** All of TensorFlow.js, as tfjs-node gives it on. */
  readonly tensorflow: () => unknown;
}

let loaded: NativePackage | undefined;

export function useNativePackage(found: NativePackage): void {
  loaded = found;
}

/** @throws Error where the native backend is not loaded */
export function nativePackage(): NativePackage {
  if (loaded === undefined) throw new Error('the native backend is not loaded');
  return loaded;
}
