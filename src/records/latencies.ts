import { readFileSync } from 'node:fs';
import { replaceFile } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { RunId, StageId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import { runFolder } from './run-folder.ts';

/**
 * How long a model of a run took, measured after it: `runs/<id>/latencies.json` holds them beside the record, one for each model, backend,
 * machine and batch, the latest. They depend on where and when, so no key and no artifact knows of them.
 */
export interface KeptLatency {
  /** That made the model. */
  readonly stage: StageId;
  /** What the run's evaluations call it, as gates do: `evaluate.student`. */
  readonly called: readonly string[];
  readonly backend: string;
  readonly host: { readonly name: string; readonly cpu: string; readonly cores: number };
  /** Images that it looked at together. */
  readonly batch: number;
  /** For one batch: the median of the rounds, the shortest and the longest of them. */
  readonly milliseconds: number;
  readonly shortest: number;
  readonly longest: number;
  /** ISO 8601, UTC. */
  readonly measured: string;
  /** Processes that wanted to run over the minute before, on average. */
  readonly load: number;
}

/** @param folder `<store>/runs` @returns none where nothing was measured, or what is there cannot be read */
export function readLatencies(folder: string, run: RunId): readonly KeptLatency[] {
  const found = parsed(textOf(runFolder(folder, run).latencies));
  if (!isJsonObject(found) || found['format'] !== FORMAT || !Array.isArray(found['latencies'])) return [];
  return (found['latencies'] as readonly JsonValue[]).filter(isLatency);
}

/** Keeps them, in the place of earlier ones of the same models there. Of two that do so at once, one is lost. @throws StoreError */
export function keepLatencies(folder: string, run: RunId, measured: readonly KeptLatency[]): Promise<void> {
  return usable(folder, async () => {
    const all = [...readLatencies(folder, run), ...measured];
    const latencies = [...new Map(all.map((latency) => [likeness(latency), latency])).values()];
    await replaceFile(runFolder(folder, run).latencies, `${JSON.stringify({ format: FORMAT, latencies }, null, 2)}\n`);
  });
}

const FORMAT = 1;

function likeness({ stage, backend, host: { name, cpu, cores }, batch }: KeptLatency): string {
  return JSON.stringify([stage, backend, name, cpu, cores, batch]);
}

function isLatency(value: JsonValue): value is JsonValue & KeptLatency {
  if (!isJsonObject(value) || !isJsonObject(value['host']) || !Array.isArray(value['called'])) return false;
  const { host } = value;
  const called = value['called'] as readonly JsonValue[];
  const texts = [value['stage'], value['backend'], value['measured'], host['name'], host['cpu'], ...called];
  const numbers = ['batch', 'milliseconds', 'shortest', 'longest', 'load'].map((name) => value[name]);
  return texts.every((text) => typeof text === 'string') && [...numbers, host['cores']].every(Number.isFinite);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
