/** A child process whose stages do what a test tells them to. */
import { serve } from '../../../src/engine/local/serve.ts';
import { folderCheckpoints } from '../../../src/store/checkpoints.ts';
import { runSteered } from './steered-runner.ts';

serve({
  loadRunner: () => Promise.resolve(runSteered),
  openCheckpoints: folderCheckpoints,
  prepare: () => Promise.resolve(),
});
