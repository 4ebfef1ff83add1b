import type { ProjectSettings } from '../core/pipeline-spec.ts';
import { storeBytes } from '../store/size.ts';
import type { FinishedRun } from './run-record.ts';

/** @param took milliseconds that the run took; looking takes a fiftieth of that at most */
export function storeOverLimit(
  { store, storeLimit: limit }: ProjectSettings,
  took: number,
): Pick<FinishedRun, 'storeOverLimit'> {
  const bytes = storeBytes(store, { within: Math.max(LEAST_MS, took / 50) });
  return bytes === undefined || bytes <= limit ? {} : { storeOverLimit: { bytes, limit } };
}

const LEAST_MS = 20;
