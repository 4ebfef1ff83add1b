import { readFileSync } from 'node:fs';
import { isErrno } from '../base/errno.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PipelineEvent } from '../core/event.ts';
import type { RunRecord, RunSummary } from './run-record.ts';
import { NO_STAGES } from './run-state.ts';

/** Undefined where there is none, or it is no record: its disk may have damaged it, or somebody edited it. */
export function readRecord(file: string): RunRecord | undefined {
  const found = parsed(textOf(file));
  return isRecord(found) ? found : undefined;
}

export function isRecord(value: unknown): value is RunRecord {
  return isJsonObject(value) && value['format'] === 1 && looksLike(value, RECORD);
}

/** Undefined where there is none, or it is no summary. */
export function readSummary(file: string): RunSummary | undefined {
  const found = parsed(textOf(file));
  return found !== undefined && looksLike(found, SUMMARY) ? (found as unknown as RunSummary) : undefined;
}

/** The events that are whole; a killed run may have left the beginning of one at the end. */
export function readEvents(file: string): readonly PipelineEvent[] {
  return textOf(file)
    .split('\n')
    .flatMap((line) => {
      const event = parsed(line);
      return event !== undefined && looksLike(event, EVENT) ? [event as unknown as PipelineEvent] : [];
    });
}

/** What a value has to look like: a type's name, or the same for each member, or for each item. */
type Shape = 'string' | 'number' | 'object' | { readonly [name: string]: Shape } | readonly [Shape];

const PROCESS: Shape = { host: 'string', machine: 'string', boot: 'string', pid: 'number', started: 'string' };

/** Not the whole schema: what would make a program stumble that reads it. */
const RECORD: Shape = {
  id: 'string',
  status: 'string',
  started: 'string',
  definition: { name: 'string', file: 'string', text: 'string', params: 'object', overrides: ['string'] },
  facts: { versions: 'object', host: 'object' },
  stages: [{ id: 'string', type: 'string', needs: ['string'], status: 'string' }],
  gates: [{ metric: 'string' }],
  warnings: [{ message: 'string' }],
  process: PROCESS,
};

const SUMMARY: Shape = {
  id: 'string',
  status: 'string',
  pipeline: 'string',
  file: 'string',
  started: 'string',
  counts: Object.fromEntries(Object.keys(NO_STAGES).map((status) => [status, 'number'])),
  process: PROCESS,
};

const EVENT: Shape = { type: 'string', time: 'number' };

function looksLike(value: JsonValue | undefined, shape: Shape): boolean {
  if (shape === 'object') return isJsonObject(value);
  if (typeof shape === 'string') return typeof value === shape;
  if (isList(shape)) return Array.isArray(value) && value.every((item: JsonValue) => looksLike(item, shape[0]));
  return isJsonObject(value) && Object.entries(shape).every(([name, member]) => looksLike(value[name], member));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Empty where the file is not there, or its disk cannot read it. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EIO')) return '';
    throw error;
  }
}
