/** The program of a child process: what the engine's pool needs of stages, store and tensors, put together. */
import type { BackendName } from '../core/pipeline-spec.ts';
import { StageFailure } from '../core/stage-runner.ts';
import { serve } from '../engine/local/serve.ts';
import { loadRunner } from '../stages/runners.ts';
import { folderCheckpoints } from '../store/checkpoints.ts';

process.title = 'pipeline stage';
serve({
  // esbuild and the like are planning's: of plugins, this process loads what was built.
  loadRunner: async (type, plugin) =>
    plugin === undefined
      ? loadRunner(type)
      : (await import('../plugins/load-runner.ts')).loadPluginRunner(plugin, type),
  openCheckpoints: folderCheckpoints,
  prepare,
});

/** TensorFlow.js is loaded here, and only for the stages that compute with it. */
async function prepare(backend: BackendName): Promise<void> {
  const { BackendUnavailable, loadBackend } = await import('../tensor/backend.ts');
  try {
    await loadBackend(backend, process.cwd());
  } catch (cause) {
    if (!(cause instanceof BackendUnavailable)) throw cause;
    throw new StageFailure('backend-unavailable', cause.what, { hint: cause.remedy, cause });
  }
}
