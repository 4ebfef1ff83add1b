import { messageOf } from '../../base/error-message.ts';
import type { BackendFacts } from '../../tensor/backend.ts';
import { nativePatienceMs } from '../native-patience.ts';
import { programFile } from '../program-file.ts';
import { askChild } from './ask-child.ts';

export type ProbeResult =
  | {
      readonly loads: true;
      readonly facts: BackendFacts;
      /** To load it. */
      readonly seconds: number;
      /** Billions of floating-point operations a second in a matrix product. */
      readonly gigaflops: number;
    }
  | { readonly loads: false; readonly why: string };

/** Loads a backend and computes with it, in a process of its own. @param cwd where to look for packages first */
export async function probeInChild(backend: 'wasm' | 'native', cwd?: string): Promise<ProbeResult> {
  const args = [programFile('cli.cjs'), 'probe-backend', backend, ...(cwd === undefined ? [] : [cwd])];
  const answer = await askChild<ProbeResult>({ command: process.execPath, args, patienceMs: nativePatienceMs() });
  return answer.ok ? answer.value : { loads: false, why: answer.error };
}

/** What the child does. Never throws: what went wrong is its answer. */
export async function probeHere(backend: 'wasm' | 'native', from?: string): Promise<ProbeResult> {
  const { BackendUnavailable, loadBackend } = await import('../../tensor/backend.ts');
  const { selfTest } = await import('../../tensor/self-test.ts');
  const started = performance.now();
  try {
    const facts = await loadBackend(backend, from);
    const seconds = (performance.now() - started) / 1000;
    return { loads: true, facts, seconds, gigaflops: await selfTest() };
  } catch (error) {
    return { loads: false, why: error instanceof BackendUnavailable ? error.what : messageOf(error) };
  }
}
