import { runTask } from '../../../src/engine/local/run-task.ts';
import type { StageExecutor } from '../../../src/engine/executor.ts';
import { folderCheckpoints } from '../../../src/store/checkpoints.ts';
import { runSteered } from './steered-runner.ts';

/** Runs stages in this process: for tests of the order of thousands of stages, where processes are not the matter. */
export function inProcessExecutor(): StageExecutor & { readonly most: () => number } {
  let running = 0;
  let most = 0;
  return {
    async execute(task, { signal, progress, output }) {
      most = Math.max(most, ++running);
      try {
        return await runTask(
          {
            loadRunner: () => Promise.resolve(runSteered),
            openCheckpoints: folderCheckpoints,
            prepare: () => Promise.resolve(),
          },
          task,
          {
            downloadFolder: '',
            signal,
            progress,
            log: (text) => {
              output('stderr', text);
            },
          },
        );
      } finally {
        running--;
      }
    },
    close: () => Promise.resolve(),
    most: () => most,
  };
}
