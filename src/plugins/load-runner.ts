import type { StageRunner } from '../core/stage-runner.ts';
import { StageFailure } from '../core/stage-runner.ts';
import { declarationsIn } from './module.ts';

/**
 * What a plugin's stage type does; for the child process, which alone loads what only running needs.
 * @param entry as in StagePlugin
 */
export async function loadPluginRunner(entry: string, type: string): Promise<StageRunner> {
  // Stacks in the stage's log then name the plugin's own files and lines.
  process.setSourceMapsEnabled(true);
  const declared = (await declarationsIn(entry)).find(({ name }) => name === type);
  if (declared === undefined) throw new Error(`the plugin at ${entry} no longer declares ${type}`);
  if (declared.run !== undefined) return (context) => declared.run(context);
  const loaded: unknown = await declared.load();
  for (const runner of [loaded, memberOf(loaded, 'run'), memberOf(loaded, 'default')]) {
    if (typeof runner === 'function') return runner as StageRunner;
  }
  throw new StageFailure('plugin-failed', `"load" of the stage type ${type} gave nothing that runs`, {
    hint: "load: () => import('./run.ts'), where run.ts exports `run`",
  });
}

function memberOf(module: unknown, name: string): unknown {
  return typeof module === 'object' && module !== null ? (module as Record<string, unknown>)[name] : undefined;
}
