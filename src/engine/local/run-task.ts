import { LESS_MEMORY, OUT_OF_MEMORY } from './crash.ts';
import { inspect } from 'node:util';
import { messageOf } from '../../base/error-message.ts';
import type { Digest } from '../../base/hash.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import {
  type Checkpoints,
  StageFailure,
  type StageOutcome,
  type StageProgress,
  type StageRunner,
  failureData,
  isStageFailure,
} from '../../core/stage-runner.ts';
import { FULL, isDiskFull } from '../../core/usable.ts';
import type { ExecutionFailure, StageExecution, StageTask } from '../executor.ts';
import { dataMemory } from './data-memory.ts';
import { jsonFault } from './plain-json.ts';
import { openStageContext } from './stage-context.ts';

/** What only the composition root knows. */
export interface StageWork {
  /** @param plugin where the type's code lies, if it is a plugin's */
  readonly loadRunner: (type: string, plugin?: string) => Promise<StageRunner>;
  readonly openCheckpoints: (folder: string, owner: Pick<StageTask, 'key' | 'madeBy'>) => Checkpoints;
  /** Loads the tensor backend; called before each stage that computes with tensors. */
  readonly prepare: (backend: BackendName) => Promise<unknown>;
}

export interface TaskHooks {
  readonly downloadFolder: string;
  readonly signal: AbortSignal;
  readonly progress: (event: StageProgress) => void;
  /** For the stage's log. */
  readonly log: (text: string) => void;
}

/** Runs one stage in this process; whatever it throws is a failure as a value. */
export async function runTask(work: StageWork, task: StageTask, hooks: TaskHooks): Promise<StageExecution> {
  let damaged: Digest | undefined;
  try {
    const runner = await work.loadRunner(task.type, task.plugin);
    if (task.tensors) await work.prepare(task.backend);
    const { context, close } = openStageContext({
      task,
      downloadFolder: hooks.downloadFolder,
      checkpoints: work.openCheckpoints(task.checkpointFolder, { key: task.key, madeBy: task.madeBy }),
      signal: hooks.signal,
      emit: hooks.progress,
      dataMemory: memoryForData(),
      damaged: (object) => {
        damaged ??= object;
      },
    });
    try {
      const outcome = checkedOutcome(await runner(context));
      await close();
      return { status: 'done', outcome };
    } finally {
      await close();
    }
  } catch (error) {
    if (hooks.signal.aborted) return { status: 'cancelled' };
    const failure = failureOf(error, hooks.log);
    return { status: 'failed', failure: damaged === undefined ? failure : { ...failure, damaged } };
  }
}

function checkedOutcome(outcome: StageOutcome): StageOutcome {
  const fault = jsonFault(outcome, 'outcome');
  if (fault !== undefined) throw new StageFailure('stage-failed', `the stage gave what JSON cannot hold: ${fault}`);
  return outcome;
}

/** All that a stage writes lies in the store: its output, its checkpoints, its downloads. */
const FULL_DISK: ExecutionFailure = {
  code: 'store-unusable',
  message: 'the stage could not write to the store: its disk is full',
  hint: FULL.hint,
};

/** A failure with a reason says all; of anything else the log gets the stack. */
export function failureOf(error: unknown, log: TaskHooks['log']): ExecutionFailure {
  if (isStageFailure(error)) {
    if (error.cause !== undefined) log(`${inspect(error)}\n`);
    return failureData(error);
  }
  if (isDiskFull(error)) return FULL_DISK;
  log(`${inspect(error)}\n`);
  const message = messageOf(error);
  return { code: 'stage-failed', message, ...(OUT_OF_MEMORY.test(message) ? { hint: LESS_MEMORY } : {}) };
}

function memoryForData(): number {
  const memory = dataMemory(process.env);
  if (memory.ok) return memory.value;
  const { code, message, hint } = memory.error;
  throw new StageFailure(code, message, hint === undefined ? {} : { hint });
}
