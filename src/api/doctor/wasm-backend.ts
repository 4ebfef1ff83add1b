import type { Check } from '../../report/check.ts';
import { loadedText } from './loaded-text.ts';
import { probeInChild } from './probe.ts';

/** The default backend: without it, nothing that computes with tensors runs. */
export async function checkWasmBackend(): Promise<Check> {
  const name = 'wasm backend';
  const probe = await probeInChild('wasm');
  if (probe.loads) return { name, status: 'ok', found: loadedText(probe) };
  return { name, status: 'broken', found: `does not load: ${probe.why}`, remedy: 'npm ci' };
}
