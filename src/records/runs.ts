import type { Result } from '../base/result.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { RunRecord, RunSummary } from './run-record.ts';

/** Every run, newest first; damaged ones say so. */
export function listRuns(_folder: string): Promise<readonly RunSummary[]> {
  return Promise.reject(new Error('not written yet'));
}

/** @param name an id, the beginning of exactly one id, `latest`, or `latest~2` for the second one before it */
export function findRun(_folder: string, _name: string): Promise<Result<RunRecord, Problem>> {
  return Promise.reject(new Error('not written yet'));
}
