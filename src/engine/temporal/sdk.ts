import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { type Result, failure, success } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';

/** Temporal's SDK, which is no dependency of this package: whoever stays on one machine never has it. */
export interface TemporalSdk {
  client(): typeof import('@temporalio/client');
  common(): typeof import('@temporalio/common');
  settings(): typeof import('@temporalio/envconfig');
  /** With a core in Rust: for workers alone. */
  worker(): typeof import('@temporalio/worker');
  activity(): typeof import('@temporalio/activity');
}

/** From beside this program, else from the project. Each package is loaded when first asked for. */
export function findTemporalSdk(projectFolder: string): Result<TemporalSdk, Problem> {
  const load = [import.meta.url, join(projectFolder, 'package.json')].map(createRequire).find(hasSdk);
  if (load === undefined) {
    return failure({
      code: 'engine-unusable',
      message: `the engine temporal needs the packages ${PACKAGES.join(', ')}`,
      hint: `npm install ${PACKAGES.join(' ')}`,
    });
  }
  return success({
    client: () => load('@temporalio/client') as typeof import('@temporalio/client'),
    common: () => load('@temporalio/common') as typeof import('@temporalio/common'),
    settings: () => load('@temporalio/envconfig') as typeof import('@temporalio/envconfig'),
    worker: () => load('@temporalio/worker') as typeof import('@temporalio/worker'),
    activity: () => load('@temporalio/activity') as typeof import('@temporalio/activity'),
  });
}

const PACKAGES = ['client', 'worker', 'workflow', 'activity', 'common', 'envconfig'].map(
  (name) => `@temporalio/${name}`,
);

function hasSdk(load: NodeJS.Require): boolean {
  try {
    return PACKAGES.every((name) => load.resolve(name) !== '');
  } catch (error) {
    if (isErrno(error, 'MODULE_NOT_FOUND')) return false;
    throw error;
  }
}
