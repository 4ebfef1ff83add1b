import type { NativeConnection, NativeConnectionOptions, Worker } from '@temporalio/worker';
import { messageOf } from '../../../base/error-message.ts';
import { type Result, failure, success } from '../../../base/result.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import { unreachable } from '../connection.ts';
import { largePayloads } from '../large-payloads.ts';
import type { StageInput, StageOutput } from '../protocol.ts';
import { type Pins, stageQueue, workerIdentity, workflowQueue } from '../queues.ts';
import { type RestingSlots, restingSlots } from './resting-slots.ts';
import type { TemporalSdk } from '../sdk.ts';
import type { OpenedRun } from './opened-run.ts';
import { BEAT_MS } from './recorded-events.ts';
import { type StageWork, workOnStage } from './stage-work.ts';

export interface WorkerOptions {
  readonly sdk: TemporalSdk;
  readonly address: string;
  readonly namespace: string;
  readonly connection: NativeConnectionOptions;
  readonly prefix: string;
  readonly pools: readonly string[];
  readonly pins: Pins;
  /** Without blanks: `gpu-box:4711`. */
  readonly name: string;
  /** Stages of a pool at once. */
  readonly jobsIn: (pool: string) => number;
  /** Path of the bundled workflow. */
  readonly workflow: string;
  /** Opens what the stage is of, for as long as it is worked on. */
  readonly within: <T>(input: StageInput, work: (opened: OpenedRun) => Promise<T>) => Promise<T>;
  /** What whoever looks after this worker should know. */
  readonly warn: (message: string) => void;
}

export interface StageWorker {
  /** Until it is stopped, or the server refuses it. */
  run(): Promise<Result<void, Problem>>;
  /** What is under way is given back, and goes on elsewhere. */
  stop(): void;
}

/** Connects, and listens. */
export async function startWorker(options: WorkerOptions): Promise<Result<StageWorker, Problem>> {
  const { sdk, address } = options;
  const { NativeConnection: SdkConnection, Runtime, DefaultLogger } = sdk.worker();
  // What it has to say is in errors and in the server's own page.
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  try {
    const connection = await SdkConnection.connect({ ...options.connection, address });
    try {
      return success(stageWorker(await workersBy(connection, options), connection, options));
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    return failure(unreachable(address, error));
  }
}

/** One for the workflow, and one for each pool. */
async function workersBy(connection: NativeConnection, options: WorkerOptions): Promise<readonly Worker[]> {
  const { sdk, namespace, prefix, pools, pins, name, workflow } = options;
  const { Worker: SdkWorker } = sdk.worker();
  // The SDK asks as well, and for a quarter of a minute takes no for an answer.
  await connection.workflowService.describeNamespace({ namespace });
  const common = {
    ...{ connection, namespace, identity: workerIdentity(name, pools, pins), shutdownGraceTime: 0 },
    dataConverter: { payloadCodecs: [largePayloads] },
  };
  const workers = [
    await SdkWorker.create({
      ...common,
      taskQueue: workflowQueue(prefix),
      workflowBundle: { codePath: workflow },
    }),
  ];
  for (const pool of pools) {
    const slots = restingSlots(options.jobsIn(pool));
    workers.push(
      await SdkWorker.create({
        ...common,
        taskQueue: stageQueue(prefix, pool, pins),
        activities: { runStage: (input: StageInput) => runStage(options, slots, input) },
        tuner: {
          activityTaskSlotSupplier: slots.supplier,
          workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
          localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
          nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
        },
        maxHeartbeatThrottleInterval: BEAT_MS,
        defaultHeartbeatThrottleInterval: BEAT_MS,
      }),
    );
  }
  return workers;
}

function stageWorker(
  workers: readonly Worker[],
  connection: NativeConnection,
  { address }: Pick<WorkerOptions, 'address'>,
): StageWorker {
  const stop = (): void => {
    for (const each of workers) if (each.getState() === 'RUNNING') each.shutdown();
  };
  return {
    async run() {
      // One that the server refuses ends all, and the connection can be closed when none has it any more.
      const ended = await Promise.allSettled(workers.map((each) => each.run().finally(stop)));
      await connection.close();
      const failed = ended.find((each) => each.status === 'rejected');
      return failed === undefined ? success(undefined) : failure(unreachable(address, failed.reason));
    },
    stop,
  };
}

/** The activity: a stage of a run. */
async function runStage(
  { sdk, within, name, warn }: WorkerOptions,
  slots: RestingSlots,
  input: StageInput,
): Promise<StageOutput> {
  const { Context } = sdk.activity();
  const context = Context.current();
  const { attempt, heartbeatTimeoutMs } = context.info;
  const signal = context.cancellationSignal;
  const work: StageWork = {
    ...{ input, worker: name, lives: attempt, signal },
    ...(heartbeatTimeoutMs === undefined ? {} : { patience: heartbeatTimeoutMs }),
    lettingGo: () => {
      const { message = 'CANCELLED' } = (signal.reason ?? {}) as Partial<Error>;
      return message === 'CANCELLED' ? undefined : (REASONS[message] ?? `it was told ${message}`);
    },
    beat: (beat) => {
      context.heartbeat(beat);
    },
  };
  try {
    const output = await workOnStage((use) => within(input, use), work);
    slots.worked();
    return output;
  } catch (error) {
    if (!signal.aborted) {
      const rest = slots.failed();
      const pause = rest === undefined ? '' : `; no stage is taken for ${rest} s`;
      warn(`${input.stage} goes on elsewhere: ${messageOf(error)}${pause}`);
    }
    throw error;
  }
}

/** Temporal's words for why a worker is not to go on with what it has. */
const REASONS: Readonly<Record<string, string>> = {
  WORKER_SHUTDOWN: 'it ended while it had the stage',
  NOT_FOUND: 'it was given up while it had the stage',
  TIMED_OUT: 'it was given up while it had the stage',
};
