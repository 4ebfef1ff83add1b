import { readFileSync } from 'node:fs';

/** What of the processor's instructions libtensorflow makes use of; undefined where the system does not say. */
export function cpuFeatures(): readonly string[] | undefined {
  return featuresIn(readCpuInfo());
}

/** @param cpuinfo of Linux: the text of /proc/cpuinfo */
export function featuresIn(cpuinfo: string | undefined): readonly string[] | undefined {
  const flags = /^flags\s*:(.*)$/m
    .exec(cpuinfo ?? '')?.[1]
    ?.trim()
    .split(/\s+/);
  if (flags === undefined) return undefined;
  return Object.entries(NAMES).flatMap(([flag, name]) => (flags.includes(flag) ? [name] : []));
}

const NAMES = {
  avx: 'AVX',
  avx2: 'AVX2',
  fma: 'FMA',
  avx512f: 'AVX-512',
  avx512_vnni: 'AVX-512 VNNI',
  avx512_bf16: 'AVX-512 BF16',
  amx_tile: 'AMX',
};

function readCpuInfo(): string | undefined {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return undefined;
  }
}
