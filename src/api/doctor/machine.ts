import { hostFacts } from '../../records/host-facts.ts';
import type { Check } from '../../report/check.ts';
import { cpuFeatures } from './cpu-features.ts';

const oldestNode = 20;

export function checkNode(version: string): Check {
  const found = `${version} (${process.execPath})`;
  if (Number(version.split('.')[0]) >= oldestNode) return { name: 'Node', status: 'ok', found };
  return { name: 'Node', status: 'broken', found, remedy: `install Node ${oldestNode} or newer: https://nodejs.org` };
}

export function checkMachine(): Check {
  const { platform, release, arch, cpu, cores, memory } = hostFacts();
  const features = cpuFeatures()?.join(', ');
  const processor = `${cores} × ${cpu}${features === undefined ? '' : ` (${features})`}`;
  const found = `${platform} ${release} ${arch}, ${processor}, ${(memory / 2 ** 30).toFixed(1)} GiB`;
  if (platform !== 'win32') return { name: 'machine', status: 'ok', found };
  return { name: 'machine', status: 'broken', found, remedy: 'use it in WSL: wsl --install' };
}
