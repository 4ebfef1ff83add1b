import { formatSeconds } from '../../report/format.ts';
import type { ProbeResult } from './probe.ts';

/** `loads in 1.3 s: TensorFlow.js 4.22.0, libtensorflow 2.21.0, threads: 2, matrix product 95 GFLOP/s` */
export function loadedText({ facts, seconds, gigaflops }: Extract<ProbeResult, { loads: true }>): string {
  const { name, tfjsVersion, libtensorflow, simd, threads } = facts;
  return [
    `loads in ${formatSeconds(seconds)}: TensorFlow.js ${tfjsVersion}`,
    name === 'native' ? `libtensorflow ${libtensorflow ?? 'of unknown version'}` : simd ? 'SIMD' : 'no SIMD',
    `threads: ${threads}`,
    `matrix product ${gigaflops.toFixed(gigaflops < 10 ? 1 : 0)} GFLOP/s`,
  ].join(', ');
}
