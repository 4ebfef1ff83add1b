import type { TensorEnvironment } from '../core/preimage.ts';
import type { Versions } from '../records/run-record.ts';
import { packageVersion } from './package-version.ts';

/** What a run's record says about the software that it ran on. */
export function versions(environment: TensorEnvironment): Versions {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    'distill-pipeline': packageVersion(),
    tfjs: environment.tfjs,
    ...('libtensorflow' in environment ? { libtensorflow: String(environment['libtensorflow']) } : {}),
  };
}
