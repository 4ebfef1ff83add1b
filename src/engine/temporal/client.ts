import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ConnectionOptions, WorkflowHandle } from '@temporalio/client';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import { type Result, failure, success } from '../../base/result.ts';
import { RemoteError } from '../../core/remote-error.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Outcome, RunElsewhere } from './follow-run.ts';
import { type Followed, type Told, follow, isPassing } from './history.ts';
import { largePayloads } from './large-payloads.ts';
import { type RunPlan, type StageBeat, type StageInput, type StageNote, WORKFLOW_TYPE } from './protocol.ts';
import { type Pins, refusalOf, takes, workflowQueue } from './queues.ts';
import type { TemporalSdk } from './sdk.ts';
import { type StageNotes, noteName } from './stage-work.ts';

export type TemporalClient = Client;

export interface ClientSettings {
  readonly sdk: TemporalSdk;
  readonly address: string;
  readonly namespace: string;
  readonly connection: ConnectionOptions;
}

export async function connect({
  sdk,
  address,
  namespace,
  connection,
}: ClientSettings): Promise<Result<Client, Problem>> {
  const { Connection, Client: SdkClient } = sdk.client();
  try {
    // Its own retries go on after it is closed, and then end the process: what matters is asked again here.
    const settings = { ...connection, address, connectTimeout: 10_000, interceptors: [] };
    const connected = await Connection.connect(settings);
    return success(
      new SdkClient({ connection: connected, namespace, dataConverter: { payloadCodecs: [largePayloads] } }),
    );
  } catch (error) {
    return failure(unreachable(address, error));
  }
}

export function unreachable(address: string, error: unknown): Problem {
  return {
    code: 'engine-unusable',
    message: `Temporal's server at ${address} cannot be used: ${wordsOf(error)}`,
    hint: 'start one (temporal server start-dev), or see docs/cluster.md for its address, TLS and API keys',
  };
}

/** With what lies beneath: that it failed alone tells nobody that it is the key, or the certificate. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const beneath = error.cause === undefined ? '' : `: ${wordsOf(error.cause)}`;
  return `${error.message}${beneath}`;
}

export interface StartedRun extends Followed {
  /** The one that the workflow is of: another one's, where the same pipeline was under way already. */
  readonly run: RunId;
  readonly isNew: boolean;
}

/** Starts the workflow, or finds the one of the same id that is under way. */
export async function startRun(
  { client, sdk, prefix }: { readonly client: Client; readonly sdk: TemporalSdk; readonly prefix: string },
  workflowId: string,
  plan: RunPlan,
): Promise<Result<StartedRun, Problem>> {
  try {
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      workflowId,
      taskQueue: workflowQueue(prefix),
      args: [plan],
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: { run: plan.run },
    });
    const { memo, raw } = await handle.describe();
    const runId = raw.workflowExecutionInfo?.firstRunId ?? handle.firstExecutionRunId;
    const run = (memo?.['run'] ?? plan.run) as RunId;
    return success({ workflowId, runId, run, isNew: run === plan.run });
  } catch (error) {
    if (!(error instanceof sdk.client().ServiceError)) throw error;
    return failure(unreachable(client.options.namespace, error));
  }
}

export interface RunFollower extends RunElsewhere {
  /** @param isOwn `false`: it is left alone, and followed no more */
  cancel(isOwn: boolean): Promise<void>;
  close(): void;
}

interface FollowerOptions {
  readonly client: Client;
  readonly sdk: TemporalSdk;
  readonly notes: StageNotes;
  readonly pins: Pins;
  readonly prefix: string;
  readonly poolOf: (stage: StageId) => string | undefined;
  readonly emit: (event: PipelineEvent) => void;
  readonly clock: () => number;
}

/** Follows a run: how its stages end by the workflow's history, how they get on by their heartbeats. */
export function followWorkflow(started: StartedRun, options: FollowerOptions): RunFollower {
  const { client, clock, emit, notes } = options;
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const outcomes = new Outcomes();
  const told = new ToldEvents();
  const warned = new Set<string>();
  const warn = (message: string, stage?: StageId): void => {
    if (warned.has(`${stage ?? ''} ${message}`)) return;
    warned.add(`${stage ?? ''} ${message}`);
    emit({ type: 'warning', time: clock(), message, ...(stage === undefined ? {} : { stage }) });
  };
  const handle = client.workflow.getHandle(started.workflowId);
  const silent = (why: string): void => {
    warn(`Temporal's server does not answer (${why}): the run goes on there, and is followed when it does`);
  };

  /** Waits for a remote that does not answer: the run goes on meanwhile, and nothing of it is lost. */
  async function noteOf(input: StageInput, isRetried: boolean): Promise<StageNote | undefined> {
    for (;;) {
      try {
        return await notes.read(input, noteName(input, isRetried));
      } catch (error) {
        if (!(error instanceof RemoteError) || error.isLasting) throw error;
        warn(`${error.message}: how stages ended is told when the remote answers`);
        await sleep(REMOTE_MS, undefined, { signal: over.signal });
      }
    }
  }

  async function take(event: Told): Promise<void> {
    switch (event.kind) {
      case 'begun':
        return;
      case 'ended': {
        const isRetried = event.output.code === 'retry';
        const note = await noteOf(event.input, isRetried);
        if (note === undefined) {
          const problem = {
            code: 'remote-unusable',
            message: `the remote has lost how ${event.input.stage} ended`,
          } as const;
          if (!isRetried) outcomes.set(event.input.stage, { kind: 'failed', problem });
        } else if (isRetried) for (const each of told.untold(note)) emit(each);
        else outcomes.set(event.input.stage, { kind: 'noted', note });
        return;
      }
      case 'lost': {
        const code = event.isCancelled ? 'stage-cancelled' : 'stage-crashed';
        outcomes.set(event.stage, {
          kind: 'failed',
          problem: { code, message: `${event.stage} was not brought to an end by any worker: ${event.why}` },
        });
        return;
      }
      case 'closed': {
        if (event.how === 'failed') warn(event.why);
        outcomes.close({ kind: 'never', isCancelled: event.how !== 'done' });
      }
    }
  }

  async function followHistory(): Promise<void> {
    const pending = new Set<Promise<void>>();
    for await (const event of follow(client, started, { sdk: options.sdk, signal: over.signal, silent })) {
      // What ended before it counts before the end.
      if (event.kind === 'closed') await Promise.all(pending);
      const taken = take(event).finally(() => pending.delete(taken));
      pending.add(taken);
      await (event.kind === 'closed' ? taken : undefined);
    }
  }

  async function followBeats(): Promise<void> {
    const since = new Map<StageId, number>();
    const askedAt = new Map<string, number>();
    for (let pause = LOOK_MS; !over.signal.aborted;) {
      await sleep(pause, undefined, { signal: over.signal });
      const began = performance.now();
      const under = await look(handle).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        return [];
      });
      for (const { stage, beat, isWaiting, failure: why } of under) {
        if (beat !== undefined) for (const event of told.fresh(beat)) emit(event);
        if (why !== undefined) warn(why, stage);
        if (!isWaiting) since.delete(stage);
        else if (!since.has(stage)) since.set(stage, clock());
        const pool = options.poolOf(stage);
        if (pool === undefined || clock() - (since.get(stage) ?? Infinity) < PATIENCE_MS) continue;
        if (clock() - (askedAt.get(pool) ?? 0) < ASK_AGAIN_MS) continue;
        askedAt.set(pool, clock());
        const problem = await nobodyFor(options, pool).catch(() => undefined);
        if (problem !== undefined) warn(problem);
      }
      // Of a thousand under way the answer is large: most of the time is for what has ended.
      pause = Math.min(Math.max(LOOK_MS, 10 * (performance.now() - began)), PATIENCE_MS);
    }
  }

  async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (!isPassing(error)) throw error;
        await sleep(LOOK_MS, undefined, { signal: over.signal });
      }
    }
  }

  const fail = (error: unknown): void => {
    if (!over.signal.aborted) outcomes.fail(error);
  };
  followHistory().catch(fail);
  followBeats().catch(fail);
  return {
    outcomeOf: (stage) => outcomes.of(stage),
    untold: (note) => told.untold(note),
    cancel: async (isOwn) => {
      if (!isOwn) outcomes.close({ kind: 'never', isCancelled: true });
      else await untilAnswered(() => handle.cancel()).catch(fail);
    },
    close: () => {
      over.abort();
    },
  };
}

const LOOK_MS = 500;
const PATIENCE_MS = 5000;
const ASK_AGAIN_MS = 10_000;
const REMOTE_MS = 2000;

interface UnderWay {
  readonly stage: StageId;
  readonly beat: StageBeat | undefined;
  /** For a worker to take it. */
  readonly isWaiting: boolean;
  /** Of the attempt before. */
  readonly failure: string | undefined;
}

async function look(handle: WorkflowHandle): Promise<readonly UnderWay[]> {
  const { raw } = await handle.describe();
  const under = raw.pendingActivities ?? [];
  return Promise.all(
    under.map(async ({ activityId, heartbeatDetails, state, attempt, lastFailure }) => {
      const [whole] = await largePayloads.decode(heartbeatDetails?.payloads ?? []);
      const data = whole?.data;
      return {
        stage: (activityId ?? '') as StageId,
        beat: data ? (JSON.parse(Buffer.from(data).toString('utf8')) as StageBeat) : undefined,
        isWaiting: Number(state) === SCHEDULED,
        failure: Number(attempt) > 1 ? failureInWords(lastFailure) : undefined,
      };
    }),
  );
}

type LastFailure = NonNullable<
  NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number]['lastFailure']
>;

function failureInWords(failure: LastFailure | null | undefined): string | undefined {
  if (failure?.timeoutFailureInfo) return 'its worker is not heard of any more: it goes on elsewhere';
  return failure?.message ?? undefined;
}

/** PENDING_ACTIVITY_STATE_SCHEDULED */
const SCHEDULED = 1;

/** Why no worker takes the stages of a pool; undefined where one listens, and is busy. */
async function nobodyFor({ client, pins, prefix, clock }: FollowerOptions, pool: string): Promise<string | undefined> {
  const { namespace } = client.options;
  // Of workflows: there a worker also asks while its places for stages are taken.
  const taskQueueType = 1 satisfies number as never;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: workflowQueue(prefix) },
    taskQueueType,
  });
  const identities = pollers
    .filter(({ lastAccessTime }) => clock() - Number(lastAccessTime?.seconds ?? 0) * 1000 < HEARD_OF_MS)
    .map(({ identity }) => identity ?? '');
  if (identities.some((identity) => takes(identity, pool, pins))) return undefined;
  const refusals = identities.flatMap((identity) => refusalOf(identity, pool, pins) ?? []);
  const none = `no worker listens to the queue ${pool} that could run it: start one with \`pipeline worker --queue ${pool}\``;
  return [none, ...new Set(refusals)].join('; ');
}

/** A worker asks once a minute at least; its clock and the server's may be apart. */
const HEARD_OF_MS = 120_000;

/** Each comes once; asked for before or after. */
class Outcomes {
  readonly #known = new Map<StageId, Outcome>();
  readonly #asked = new Map<StageId, { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }>();
  #end: Outcome | undefined;
  #error: Error | undefined;

  of(stage: StageId): Promise<Outcome> {
    const known = this.#known.get(stage) ?? this.#end;
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      if (this.#error === undefined) this.#asked.set(stage, { resolve, reject });
      else reject(this.#error);
    });
  }

  set(stage: StageId, outcome: Outcome): void {
    this.#known.set(stage, outcome);
    this.#asked.get(stage)?.resolve(outcome);
    this.#asked.delete(stage);
  }

  close(end: Outcome): void {
    this.#end = end;
    for (const { resolve } of this.#asked.values()) resolve(end);
    this.#asked.clear();
  }

  fail(error: unknown): void {
    const failed = error instanceof Error ? error : new Error(String(error));
    this.#error = failed;
    for (const { reject } of this.#asked.values()) reject(failed);
    this.#asked.clear();
  }
}

/** Which events were told, by the life that they are of and their place in it. */
class ToldEvents {
  readonly #places = new Map<string, Set<string>>();
  readonly #over = new Set<string>();

  fresh({ life, events }: StageBeat): readonly PipelineEvent[] {
    // Its note has overtaken the beat.
    if (this.#over.has(life)) return [];
    return events.flatMap(([, event]) => (this.#isNew(life, event) ? [event] : []));
  }

  untold({ life, events }: StageNote): readonly PipelineEvent[] {
    const left = events.filter((event) => this.#isNew(life, event));
    this.#places.delete(life);
    this.#over.add(life);
    return left;
  }

  #isNew(life: string, event: PipelineEvent): boolean {
    const told = this.#places.get(life) ?? new Set();
    this.#places.set(life, told);
    const text = JSON.stringify(event);
    if (told.has(text)) return false;
    told.add(text);
    return true;
  }
}
