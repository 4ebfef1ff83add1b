import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactRef } from '../../core/artifact.ts';
import type { Command } from '../../core/command.ts';
import { slotName } from '../../core/stage-type.ts';
import { failureData, isStageFailure } from '../../core/stage-runner.ts';
import type { CommandTask, StageExecution } from '../executor.ts';
import type { KeyedStage } from '../keyed-stage.ts';
import type { ActiveRun } from '../run-context.ts';
import { clearOutputs } from './clear-outputs.ts';
import { type CollectedOutputs, collectOutputs } from './collect.ts';
import { commandEnvironment } from './environment.ts';
import { readMetrics } from './metrics.ts';
import { requireSafePlaces } from './places.ts';
import { unfinishedOutputs } from './unfinished.ts';

/** What is done around the running of a command. */
export interface CommandStage {
  /** Makes room for the outputs, has the command run, and takes them to where the stage's files are taken from. */
  around<T>(execute: (task: CommandTask) => Promise<StageExecution | T>): Promise<StageExecution | T>;
  /** The outputs are in the store. */
  kept(artifact: ArtifactRef): void;
}

/**
 * @param folders.staging where the stage's files are taken from
 * @param folders.needs where the artifacts that it needs may be laid out
 */
export function commandStage(
  run: ActiveRun,
  { spec, command, inputs }: KeyedStage & { readonly command: Command },
  folders: { readonly staging: string; readonly needs: string },
): CommandStage {
  const { context } = run;
  const places = { folder: context.spec.folder, reserved: context.reserved ?? [] };
  const unfinished = unfinishedOutputs(context.store, places.folder);
  let collected: CollectedOutputs | undefined;
  return {
    async around(execute) {
      try {
        requireSafePlaces(places, command.outputs);
        await clearOutputs(run, spec, command.outputs);
        unfinished.mark(command.outputs);
        for (const { path } of command.outputs) await mkdir(join(places.folder, dirname(path)), { recursive: true });
        const needs: Record<string, string> = {};
        for (const [input, { record }] of Object.entries(inputs)) {
          const slot = slotName(input);
          needs[slot] = join(folders.needs, slot);
          // Of a slot that gathers, each has a folder in the slot's: `student/temperature=4`.
          await context.store.materialize(record.artifact, join(needs[slot], input.slice(slot.length + 1)));
        }
        const folder = join(places.folder, command.folder);
        const execution = await execute({
          argv: command.argv,
          folder,
          env: commandEnvironment(context, command, needs),
        });
        if (!isDone(execution)) return execution;
        collected = await collectOutputs(places, command.outputs, folders.staging);
        const metrics = await readMetrics(command.metrics, folders.staging);
        return { status: 'done', outcome: { ...execution.outcome, metrics, facts: collected.facts } };
      } catch (error) {
        if (!isStageFailure(error)) throw error;
        return { status: 'failed', failure: failureData(error) };
      }
    },
    kept(artifact) {
      collected?.learn(context.hasher, artifact);
      unfinished.clear(command.outputs);
    },
  };
}

function isDone(execution: unknown): execution is Extract<StageExecution, { status: 'done' }> {
  return (execution as StageExecution).status === 'done';
}
