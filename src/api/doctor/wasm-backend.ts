import { formatSeconds } from '../../report/format.ts';
import type { Check } from '../../report/check.ts';
import { probeInChild } from './probe.ts';

/** The default backend: without it, nothing that computes with tensors runs. */
export async function checkWasmBackend(): Promise<Check> {
  const probe = await probeInChild('wasm');
  if (!probe.loads) {
    return { name: 'wasm backend', status: 'broken', found: `does not load: ${probe.why}`, remedy: 'npm ci' };
  }
  const { tfjsVersion, simd, threads } = probe.facts;
  const found = `loads in ${formatSeconds(probe.seconds)}: TensorFlow.js ${tfjsVersion}, ${simd ? 'SIMD' : 'no SIMD'}, threads: ${threads}`;
  return { name: 'wasm backend', status: 'ok', found };
}
