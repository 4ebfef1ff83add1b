import { randomBytes } from 'node:crypto';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { selectedStages } from '../order.ts';
import { Places } from '../places.ts';
import { type EarlierResults, earlierResults } from '../earlier-results.ts';
import { type OutputLocks, outputLocks } from '../project-files/output-locks.ts';
import { type Retry, retryAfter } from '../retry.ts';
import type { ActiveRun, RunContext } from '../run-context.ts';
import { resultOfStage, tellResult } from '../run-stage.ts';
import { stageLookup } from '../lookup.ts';
import { eventProblem } from '../stage-problem.ts';
import { type StageResult, recordOf, wasCancelled } from '../stage-result.ts';
import type { StageBeat, StageCode, StageInput, StageNote, StageOutput } from './protocol.ts';

/** What a worker has of a run whose stage it is given. */
export interface OpenedRun {
  readonly context: Omit<RunContext, 'run' | 'emit' | 'signal' | 'force' | 'targets' | 'firstAttempt'>;
  /** Of the pools and places of this worker: they outlive the run. */
  readonly places: Places;
  readonly resources: Readonly<Record<string, number>>;
  readonly notes: StageNotes;
  readonly store: RunStore;
  /** What the stages of one run have in common here. */
  readonly inCommon: (run: RunId) => InCommon;
}

export interface InCommon {
  readonly stages: ReadonlyMap<StageId, StageSpec>;
  readonly earlier: EarlierResults;
  readonly outputs: OutputLocks;
}

/** Made once a run, not once a stage: of 10,000 stages each would look at all others, and at all results in the store. */
export function commonToStages(context: OpenedRun['context'], signal: AbortSignal): OpenedRun['inCommon'] {
  let latest: (InCommon & { readonly run: RunId }) | undefined;
  return (run) =>
    (latest =
      latest?.run === run
        ? latest
        : {
            run,
            stages: new Map(selectedStages(context).map((spec) => [spec.id, spec])),
            earlier: earlierResults(context.store, context.spec.name),
            outputs: outputLocks({ ...context, folder: context.spec.folder, run, signal }),
          });
}

/** Of the store, what there is besides: results that other workers made. */
export interface RunStore {
  /** Its objects are brought here when they are asked for. */
  expect(record: StageRecord): void;
  /** Of a result that is not kept, for the stages after it. */
  sendObjects(record: StageRecord): Promise<void>;
}

export type NotedRun = Pick<StageInput, 'run' | 'snapshot'>;

/** Where workers leave how the stages of a run ended. */
export interface StageNotes {
  read(of: NotedRun, stage: StageId): Promise<StageNote | undefined>;
  /** The first one under a name stays. @returns it */
  write(of: NotedRun, stage: StageId, note: StageNote): Promise<StageNote>;
}

export interface StageWork {
  readonly input: StageInput;
  /** In words, for the person who follows. */
  readonly worker: string;
  /** How often workers before were lost, or found no way. */
  readonly lives: number;
  readonly signal: AbortSignal;
  /** Milliseconds of silence after which this worker is given up; none, if absent. */
  readonly patience?: number;
  /** Where the signal says so: why this worker lets go of the stage, which goes on elsewhere; undefined where the run is cancelled. */
  readonly lettingGo: () => string | undefined;
  readonly beat: (beat: StageBeat) => void;
}

/**
 * Runs one stage of a run, as the engine does on one machine: the results that it needs come from those notes. What ends well or badly
 * is noted before it is told, and what is noted first is how it ended: of two workers, one of which was cut off and given up, both
 * may bring it to an end.
 * @throws where this worker cannot do its part, or lets go of the stage: another one may
 */
export async function workOnStage(
  within: (use: (opened: OpenedRun) => Promise<StageOutput>) => Promise<StageOutput>,
  work: StageWork,
): Promise<StageOutput> {
  // What is brought here first may take its time, too.
  const events = recordedEvents(work);
  try {
    return await within((opened) => workWith(opened, work, events));
  } finally {
    events.end();
  }
}

async function workWith(opened: OpenedRun, work: StageWork, events: RecordedEvents): Promise<StageOutput> {
  const { context, places, notes } = opened;
  const { input, signal } = work;
  const force = input.forced === true ? { force: new Set([input.stage]) } : {};
  const own: RunContext = {
    ...{ ...context, ...force, run: input.run, signal, emit: events.add, firstAttempt: input.attempt },
  };
  const emit: ActiveRun['emit'] = (event) => {
    events.add({ time: context.clock(), ...event });
  };
  const { stages, earlier, outputs } = opened.inCommon(input.run);
  const spec = stages.get(input.stage);
  if (spec === undefined) throw new Error(`the run has no stage ${input.stage}`);
  const noted = work.lives > 1 ? await notedBefore(notes, input) : undefined;
  if (noted !== undefined) return outputOf(spec, input, noted);
  const run: ActiveRun = {
    ...{ context: own, emit, signal, stages, places },
    results: await resultsBefore(opened, input),
    lookUp: stageLookup(own),
    earlier,
    outputs: { ...outputs, hold: (paths, waiting) => unlessAborted(outputs.hold(paths, waiting), signal) },
    stop: {},
    healing: new Map(),
  };
  if (work.lives > 1) {
    const message = `a worker that had it was lost, or could not do its part: ${work.worker} goes on with it`;
    emit({ type: 'warning', stage: spec.id, message });
  }
  // The workflow tries again, on whichever worker is free then.
  const result = await resultOfStage(run, once(spec, opened.resources));
  const why = wasCancelled(result) ? work.lettingGo() : workersOwnFault(result);
  if (why !== undefined) throw new Error(`${work.worker}: ${why}`);
  const retry = retryOf(spec, input, result);
  if (retry === undefined) tellResult(run, spec.id, result);
  else emit({ type: 'stage-retrying', stage: spec.id, ...retry, problem: eventProblem(retry.problem) });
  const record = recordOf(result);
  if (record !== undefined && spec.policy?.cache === false) await opened.store.sendObjects(record);
  const note = { result, life: events.life, events: events.all() };
  return outputOf(spec, input, await notes.write(input, noteName(input, retry !== undefined), note));
}

/** Of a worker that was lost before it could say so, or that was cut off. */
async function notedBefore(notes: StageNotes, input: StageInput): Promise<StageNote | undefined> {
  return (await notes.read(input, noteName(input, false))) ?? (await notes.read(input, noteName(input, true)));
}

function outputOf(spec: StageSpec, input: StageInput, { result }: StageNote): StageOutput {
  const retry = retryOf(spec, input, result);
  return retry === undefined ? { code: codeOf(result) } : { code: 'retry', delay: retry.delay };
}

function retryOf(spec: StageSpec, { attempt }: StageInput, result: StageResult): Retry | undefined {
  return result.status === 'failed' ? retryAfter(spec, attempt, result) : undefined;
}

/** A full disk, a remote that it does not reach: nothing that another worker would have to find as well. */
function workersOwnFault(result: StageResult): string | undefined {
  if (result.status !== 'failed') return undefined;
  const { code, message } = result.problem;
  return code === 'store-unusable' || code === 'remote-unusable' ? message : undefined;
}

/** Who waits for what stages have in common may be cancelled alone; what comes too late is given back. */
async function unlessAborted<T extends () => Promise<void>>(holding: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([holding, aborted]);
  } catch (error) {
    void holding.then((give) => give()).catch(() => undefined);
    throw error;
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** Of an attempt after which there is another one, the note has a name of its own. */
export function noteName({ stage, attempt }: Pick<StageInput, 'stage' | 'attempt'>, isRetried: boolean): StageId {
  return (isRetried ? `${stage}#${attempt}` : stage) as StageId;
}

/** Without its further attempts, and taking of the worker's own pools what these have. */
function once(spec: StageSpec, there: OpenedRun['resources']): StageSpec {
  if (spec.policy === undefined) return spec;
  const { retry: _, resources = {}, ...policy } = spec.policy;
  const taken = Object.entries(resources).flatMap(([pool, amount]) => {
    const most = there[pool];
    return most === undefined ? [] : [[pool, Math.min(amount, most)] as const];
  });
  return { ...spec, policy: { ...policy, resources: Object.fromEntries(taken) } };
}

function codeOf(result: StageResult): Exclude<StageCode, '.'> {
  switch (result.status) {
    case 'reused':
    case 'ran':
      return 'd';
    case 'failed':
      return wasCancelled(result) ? 'c' : 'f';
    case 'skipped':
      return result.reason.kind === 'cancelled' ? 'c' : result.reason.kind === 'condition' ? 's' : 'b';
  }
}

async function resultsBefore(
  { context: { graph }, notes, store }: OpenedRun,
  input: StageInput,
): Promise<Map<StageId, StageResult>> {
  const { run, stage, before = {} } = input;
  const needed = new Set([...graph.dependencies(stage), ...graph.conditions(stage)]);
  const found = await Promise.all(
    [...needed].map(async (id): Promise<readonly [StageId, StageResult]> => {
      // What no worker was asked for has no note.
      if (before[id] === 'b') return [id, { status: 'skipped', reason: { kind: 'blocked', by: id } }];
      const note = await notes.read(input, id);
      if (note === undefined && (before[id] === 'f' || before[id] === 'c')) return [id, lost(id)];
      if (note === undefined) throw new Error(`the remote has no note of how ${id} ended in the run ${run}`);
      const record = recordOf(note.result);
      if (record !== undefined) store.expect(record);
      return [id, note.result];
    }),
  );
  return new Map(found);
}

/** No worker came to note how it ended. */
function lost(stage: StageId): StageResult {
  const problem = { code: 'stage-crashed', message: `${stage} was not brought to an end by any worker` } as const;
  return { status: 'failed', problem, seconds: 0 };
}

interface RecordedEvents {
  readonly life: string;
  readonly add: (event: PipelineEvent) => void;
  all(): readonly PipelineEvent[];
  end(): void;
}

/**
 * Tells them by heartbeats, too: the newest, as much as there is room for. What is new is told soon; else there is a beat now and then,
 * by which the server knows that this worker lives, and it whether the run is cancelled: where servers are paid, each is counted.
 */
function recordedEvents({ beat, worker, patience = Infinity }: StageWork): RecordedEvents {
  const life = randomBytes(8).toString('hex');
  const all: PipelineEvent[] = [];
  let isNew = true;
  let toldAt = 0;
  const tell = (): void => {
    const events: (readonly [number, PipelineEvent])[] = [];
    let room = BEAT_BYTES;
    for (const [index, event] of all.slice(-BEAT_EVENTS).reverse().entries()) {
      room -= JSON.stringify(event).length;
      if (room < 0) break;
      events.unshift([all.length - 1 - index, event]);
    }
    isNew = false;
    toldAt = performance.now();
    beat({ life, worker, events });
  };
  tell();
  const quiet = Math.min(QUIET_MS, patience / 4);
  const timer = setInterval(
    () => {
      if (isNew || performance.now() - toldAt >= quiet) tell();
    },
    Math.min(BEAT_MS, quiet),
  );
  return {
    life,
    add: (event) => {
      all.push(event);
      isNew ||= event.type !== 'stage-progress';
    },
    // How far it got matters while it goes on.
    all: () => all.filter(({ type }) => type !== 'stage-progress'),
    end: () => {
      clearInterval(timer);
    },
  };
}

export const BEAT_MS = 500;
const QUIET_MS = 2000;
/** The server keeps the latest of each stage under way, and ends a workflow for which it keeps 8 MB: compressed, of 1,000 it is a half. */
const BEAT_BYTES = 16 * 1024;
const BEAT_EVENTS = 200;
