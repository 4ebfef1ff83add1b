/** What a contender's process is told, and what it prints: one line of JSON, in Python too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

export const BATCH = 64;

export interface Images {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

interface Spent {
  readonly wall: number;
  /** Of all threads of the process. */
  readonly cpu: number;
}

export interface Report {
  readonly train: Spent;
  readonly predict: Spent;
  /** Of the predictions. */
  readonly accuracy: number;
  /** Megabytes. */
  readonly peak: number;
  /** The versions and settings that the contender found. */
  readonly about: string;
}

export interface Contest {
  readonly train: () => Promise<unknown>;
  /** Logits, ten an image. */
  readonly predict: () => Promise<Float32Array>;
  readonly labels: Uint8Array;
  readonly about: string;
}

export function readImages(folder: string, name: 'train' | 'test'): Images {
  const read = (part: string): Uint8Array => new Uint8Array(readFileSync(join(folder, `${name}.${part}`)));
  return { pixels: read('pixels'), labels: read('labels') };
}

export function first({ pixels, labels }: Images, count: number): Images {
  return { pixels: pixels.subarray(0, count * 784), labels: labels.subarray(0, count) };
}

export async function hold({ train, predict, labels, about }: Contest): Promise<void> {
  const [trained] = await spend(train);
  await predict();
  const [predicted, logits] = await spend(predict);
  const report: Report = {
    train: trained,
    predict: predicted,
    accuracy: accuracy(logits, labels),
    peak: peakMegabytes(),
    about,
  };
  console.log(JSON.stringify(report));
}

async function spend<T>(work: () => Promise<T>): Promise<[Spent, T]> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [{ wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }, result];
}

function accuracy(logits: Float32Array, labels: Uint8Array): number {
  const right = labels.filter((label, index) => {
    const row = logits.subarray(index * 10, index * 10 + 10);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}

/** Of this program alone: `maxRSS` also counts the parent's pages from before it was started. */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
