import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { PipelineEvent } from '../../../core/event.ts';
import type { StageId } from '../../../core/ids.ts';
import { RemoteError } from '../../../core/remote-error.ts';
import type { StageInput, StageNote } from '../protocol.ts';
import type { Pins } from '../queues.ts';
import type { TemporalSdk } from '../sdk.ts';
import { type StageNotes, noteName } from '../stage-notes.ts';
import type { RunElsewhere } from './follow-run.ts';
import { type Told, follow, isPassing } from './history.ts';
import { nobodyFor } from './nobody-for.ts';
import { Outcomes } from './outcomes.ts';
import type { StartedRun } from './start-run.ts';
import { Patience } from './patience.ts';
import { ToldEvents } from './told-events.ts';
import { stagesUnderWay } from './under-way.ts';

export interface RunFollower extends RunElsewhere {
  /** One that somebody else started is left alone, and followed no more. */
  cancel(): Promise<void>;
  close(): void;
}

interface FollowerOptions {
  readonly client: Client;
  readonly sdk: TemporalSdk;
  readonly notes: StageNotes;
  readonly pins: Pins;
  readonly prefix: string;
  /** Of each stage of the run. */
  readonly pools: ReadonlyMap<StageId, string>;
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
  /** By this client, as no worker did. */
  let isEnded = false;
  const warn = (message: string, stage?: StageId): void => {
    if (warned.has(`${stage ?? ''} ${message}`)) return;
    warned.add(`${stage ?? ''} ${message}`);
    emit({ type: 'warning', time: clock(), message, ...(stage === undefined ? {} : { stage }) });
  };
  // After this one's end, another may be of the same id.
  const handle = client.workflow.getHandle(started.workflowId, undefined, { firstExecutionRunId: started.runId });
  const silent = (why: string): void => {
    warn(`Temporal's server does not answer (${why}): the run goes on there, and is followed when it does`);
  };

  const fail = (error: unknown): void => {
    if (!over.signal.aborted) outcomes.fail(error);
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
        if (event.how === 'failed' && !isEnded) warn(event.why);
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
      // Nobody waits for it before the end.
      taken.catch(fail);
      await (event.kind === 'closed' ? taken : undefined);
    }
  }

  async function followBeats(): Promise<void> {
    const patience = new Patience(options);
    for (let pause = LOOK_MS; !outcomes.isOver();) {
      await sleep(pause, undefined, { signal: over.signal });
      const began = performance.now();
      const under = await stagesUnderWay(handle, started).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        return [];
      });
      for (const { stage, beat, failure: why } of under) {
        if (beat !== undefined) for (const event of told.fresh(beat)) emit(event);
        if (why !== undefined) warn(why, stage);
      }
      for (const pool of patience.poolsToAskAbout(under, (stage) => !outcomes.has(stage))) {
        const problem = await nobodyFor(pool, options).catch(() => undefined);
        if (problem !== undefined) warn(problem);
      }
      // Of a thousand under way the answer is large: most of the time is for what has ended.
      pause = Math.min(Math.max(LOOK_MS, 10 * (performance.now() - began)), LONGEST_LOOK_MS);
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

  /** What is cancelled is brought to its end by workers; where none is there, it would wait for one, and whoever cancelled it as well. */
  async function endUnattended(): Promise<void> {
    while (!outcomes.isOver()) {
      await sleep(UNATTENDED_MS, undefined, { signal: over.signal });
      const under = await stagesUnderWay(handle, started).catch(() => undefined);
      if (outcomes.isOver() || under === undefined || under.some(({ isWaiting }) => !isWaiting)) continue;
      isEnded = true;
      await untilAnswered(() => handle.terminate('cancelled, and no worker was there to end it'));
      return;
    }
  }

  followHistory().catch(fail);
  followBeats().catch(fail);
  return {
    joined: started.isNew ? undefined : started.run,
    outcomeOf: (stage) => outcomes.of(stage),
    untold: (note) => told.untold(note),
    cancel: async () => {
      if (!started.isNew) outcomes.close({ kind: 'never', isCancelled: true });
      else
        await untilAnswered(() => handle.cancel())
          .then(endUnattended)
          .catch(fail);
    },
    close: () => {
      over.abort();
    },
  };
}

const LOOK_MS = 500;
const LONGEST_LOOK_MS = 5000;
const REMOTE_MS = 2000;
const UNATTENDED_MS = 5000;
