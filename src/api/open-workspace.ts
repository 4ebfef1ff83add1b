import { join } from 'node:path';
import { failure, success, type Result } from '../base/result.ts';
import type { BackendName, ProjectSettings } from '../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../core/preimage.ts';
import type { Store } from '../core/store.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Variables } from '../engine/plan-context.ts';
import { openFileHasher, type FileHasher } from '../fingerprint/file-hasher.ts';
import { openLocalStore } from '../store/local-store.ts';
import { keyedHash } from '../store/secret.ts';
import { describeBackend } from '../tensor/facts.ts';
import { backendProblems } from './backend-problems.ts';
import { chooseBackend, type Untried } from './choose-backend.ts';
import { rememberTrial } from './native-trial.ts';
import type { OpenedPipeline } from './open-pipeline.ts';
import { orStoreProblem } from './store-problem.ts';

/** What planning and running need besides the pipeline. */
export interface Workspace {
  readonly store: Store;
  readonly hasher: FileHasher;
  readonly backend: BackendName;
  readonly environment: TensorEnvironment;
  readonly variables: Variables;
}

/** The caller closes the hasher. */
export async function openWorkspace({
  spec,
  project,
  types,
}: OpenedPipeline): Promise<Result<Workspace, readonly Problem[]>> {
  const chosen = chooseBackend(spec.backend, project);
  if (!chosen.ok) return failure([chosen.error]);
  const store = await openStore(project);
  if (!store.ok) return failure([store.error]);
  const backend = await settledBackend(chosen.value, project);
  const unfit = backendProblems(spec, types, { backend, isChosen: spec.backend !== 'auto' });
  if (unfit.length > 0) return failure(unfit);
  return success({
    store: store.value,
    hasher: await openFileHasher(join(project.store, 'file-hashes.json')),
    backend,
    environment: { ...describeBackend(backend, project.folder) },
    variables: { values: process.env, digestOf: keyedHash(project.store) },
  });
}

/** Where it is not known whether native loads, it is tried. */
export async function settledBackend(chosen: BackendName | Untried, project: ProjectSettings): Promise<BackendName> {
  return typeof chosen === 'string' ? chosen : tryNative(chosen, project);
}

/** In a process of its own, which may crash or hang. */
async function tryNative({ untried }: Untried, { folder, store }: ProjectSettings): Promise<BackendName> {
  const { probeInChild } = await import('./doctor/probe.ts');
  const { loads } = await probeInChild('native', folder);
  rememberTrial(store, untried, loads);
  return loads ? 'native' : 'wasm';
}

export function openStore(project: ProjectSettings): Promise<Result<Store, Problem>> {
  return orStoreProblem(openLocalStore(project.store));
}
