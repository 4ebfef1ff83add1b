import { afterEach } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PipelineEvent } from '../../../src/core/event.ts';
import type { StageId } from '../../../src/core/ids.ts';
import type { Store } from '../../../src/core/store.ts';
import type { StageExecutor } from '../../../src/engine/executor.ts';
import { type LocalExecutorOptions, openLocalExecutor } from '../../../src/engine/local/pool.ts';
import { type PlannedStage, planPipeline } from '../../../src/engine/plan.ts';
import { type RunResult, runStages } from '../../../src/engine/run.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { builtProgram } from './build.ts';
import { type PlanWishes, type RunWishes, planContext, runContext } from './context.ts';
import type { TestStages } from './pipeline.ts';

const opened: StageExecutor[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((executor) => executor.close()));
});

export interface FinishedRun extends RunResult {
  readonly events: readonly PipelineEvent[];
}

export interface Project {
  readonly folder: string;
  readonly storeFolder: string;
  readonly store: Store;
  readonly executor: StageExecutor;
  run(stages: TestStages, wishes?: Partial<RunWishes>): Promise<FinishedRun>;
  plan(stages: TestStages, wishes?: PlanWishes): Promise<readonly PlannedStage[]>;
  /** What the stage of a run wrote. */
  textOf(run: RunResult, stage: string): Promise<string>;
  path(name: string): string;
  /** What a run must not leave behind: staging folders, locks. */
  leftovers(): readonly string[];
}

/** A temporary folder with a store and a pool, both real. */
export async function openProject(options: Partial<LocalExecutorOptions> = {}): Promise<Project> {
  const folder = temporaryFolder();
  const storeFolder = join(folder, 'artifacts');
  const store = await openLocalStore(storeFolder);
  const entry = await builtProgram('stage-process');
  const executor = openLocalExecutor({
    entry,
    size: 2,
    projectFolder: folder,
    downloadFolder: store.downloadFolder,
    graceMilliseconds: 300,
    ...options,
  });
  opened.push(executor);
  return {
    folder,
    storeFolder,
    store,
    executor,
    async run(stages, wishes = {}) {
      const events: PipelineEvent[] = [];
      const context = await planContext({ folder, store: wishes.store ?? store }, stages, wishes);
      const emit = (event: PipelineEvent): void => {
        events.push(event);
        wishes.emit?.(event);
      };
      const result = await runStages(runContext(context, { executor, ...wishes, emit }));
      await context.hasher.close();
      return { ...result, events };
    },
    async plan(stages, wishes) {
      return planPipeline(await planContext({ folder, store }, stages, wishes));
    },
    async textOf({ stages }, stage) {
      const result = stages.get(stage as StageId);
      if (result?.status !== 'ran' && result?.status !== 'reused') throw new Error(`${stage} has no result`);
      const file = result.record.artifact.files.find(({ path }) => path === 'result.txt');
      if (file === undefined) throw new Error(`${stage} wrote no result`);
      return readFile(await store.objectPath(file.digest), 'utf8');
    },
    path: (name) => join(folder, name),
    leftovers: () =>
      ['tmp', 'locks'].flatMap((name) => namesIn(join(storeFolder, name)).map((entry) => `${name}/${entry}`)),
  };
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
