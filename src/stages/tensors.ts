import { StageFailure } from '../core/stage-runner.ts';
import type { StageContext } from '../core/stage-runner.ts';
import { BackendUnavailable, loadBackend } from '../tensor/backend.ts';

/** Makes the backend that the pipeline chose TensorFlow.js' current one. @throws StageFailure where this machine lacks it */
export async function useBackend({ backend }: StageContext): Promise<void> {
  try {
    await loadBackend(backend);
  } catch (error) {
    if (!(error instanceof BackendUnavailable)) throw error;
    throw new StageFailure('backend-unavailable', error.message, { cause: error });
  }
}
