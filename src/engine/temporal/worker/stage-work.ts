import type { StageId } from '../../../core/ids.ts';
import type { StageSpec } from '../../../core/pipeline-spec.ts';
import { stageLookup } from '../../lookup.ts';
import { type Retry, retryAfter } from '../../retry.ts';
import type { ActiveRun, RunContext } from '../../run-context.ts';
import { resultOfStage, tellResult } from '../../run-stage.ts';
import { eventProblem } from '../../stage-problem.ts';
import { type StageResult, recordOf, wasCancelled } from '../../stage-result.ts';
import type { StageBeat, StageCode, StageInput, StageNote, StageOutput } from '../protocol.ts';
import { type StageNotes, noteName } from '../stage-notes.ts';
import type { OpenedRun } from './opened-run.ts';
import { type RecordedEvents, recordedEvents } from './recorded-events.ts';

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
  const results = await resultsBefore(opened, input);
  const run: ActiveRun = {
    ...{ context: own, emit, signal, stages, places },
    results,
    fetchNeeds: async (id) => {
      const { before: _, ...asked } = input;
      for (const [each, result] of await resultsBefore(opened, { ...asked, stage: id }))
        if (!results.has(each)) results.set(each, result);
    },
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
  const result = blamed(await resultOfStage(run, once(spec, opened.resources)), run, input);
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

/** What it needs has a result for all others: that it could not be made again here is this stage's failure. */
function blamed(result: StageResult, { results }: ActiveRun, { before = {} }: StageInput): StageResult {
  if (result.status !== 'skipped' || result.reason.kind !== 'blocked') return result;
  const by = results.get(result.reason.by);
  const isKnown = before[result.reason.by] !== undefined;
  return isKnown || by?.status !== 'failed' ? result : by;
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
