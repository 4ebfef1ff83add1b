/**
 * The workflow: walks the graph, and has workers run its stages. It is bundled apart and replayed by Temporal, so nothing here may read a
 * clock, a file or anything else that is not in its history; a change of what it does stands behind `patched`.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  continueAsNew,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { PlannedStage, RunPlan, StageCode, StageInput, StageOutput } from './protocol.ts';

interface Activities {
  runStage(input: StageInput): Promise<StageOutput>;
}

/** @returns a letter a stage: how it ended */
export async function runPipeline(plan: RunPlan): Promise<string> {
  const codes: StageCode[] = plan.stages.map((_, place) => (plan.done?.[place] ?? '.') as StageCode);
  const waiting = waitingStages(plan, codes);
  const ready = waiting.filter(({ missing }) => missing === 0);
  const scope = CancellationScope.current();
  let underWay = 0;
  let next = 0;
  let isStopped = !plan.keepGoing && codes.includes('f');
  const isToBreak = historyBreaks();

  await new Promise<void>((settle, fail) => {
    const end = ({ place, after }: WaitingStage, code: StageCode): void => {
      codes[place] = code;
      if (code === 'f' && !plan.keepGoing) isStopped = true;
      for (const each of after) {
        each.missing--;
        if (each.missing === 0) ready.push(each);
      }
    };
    const pump = (): void => {
      for (let each = ready[next]; each !== undefined; each = ready[next]) {
        if (isBlocked(each.stage, codes)) end(each, 'b');
        else if (scope.consideredCancelled || isStopped || underWay >= plan.jobs || isToBreak(underWay)) break;
        else begin(each);
        next++;
      }
      if (underWay === 0) settle();
    };
    const begin = (each: WaitingStage): void => {
      underWay++;
      attempts(plan, each.stage, codes).then((code) => {
        underWay--;
        end(each, code);
        pump();
      }, fail);
    };
    pump();
  });
  if (scope.consideredCancelled) throw new CancelledFailure('the run was cancelled');
  if (next < ready.length && !isStopped) await continueAsNew<typeof runPipeline>({ ...plan, done: codes.join('') });
  return codes.join('');
}

interface WaitingStage {
  readonly place: number;
  readonly stage: PlannedStage;
  /** Of those before it, how many have not ended. */
  missing: number;
  readonly after: WaitingStage[];
}

/** Those that have not ended. */
function waitingStages({ stages }: RunPlan, codes: readonly StageCode[]): readonly WaitingStage[] {
  const all = stages.map((stage, place): WaitingStage => ({ place, stage, missing: 0, after: [] }));
  const waiting = all.filter(({ place }) => codes[place] === '.');
  for (const each of waiting) {
    for (const place of before(each.stage)) {
      if (codes[place] !== '.') continue;
      all[place]?.after.push(each);
      each.missing++;
    }
  }
  return waiting;
}

/** Of one that has a `when`, its worker says. */
function isBlocked(stage: PlannedStage, codes: readonly StageCode[]): boolean {
  return stage.conditions === undefined && before(stage).some((place) => codes[place] !== 'd');
}

/**
 * Temporal ends a workflow of 51,200 events or 50 MB, and suggests to go on as a new one at a twelfth of either: that one begins with
 * what is done. It waits for a moment at which nothing is under way, so that no long stage keeps others waiting, but not for ever.
 * The server's own suggestion, not a number of ours: it follows the server's limits, is in the history, and tests can lower it.
 */
function historyBreaks(): (underWay: number) => boolean {
  let first: { readonly historyLength: number; readonly historySize: number } | undefined;
  return (underWay) => {
    const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
    if (!continueAsNewSuggested) return false;
    first ??= { historyLength, historySize };
    const isLate = historyLength > LATEST * first.historyLength || historySize > LATEST * first.historySize;
    return underWay === 0 || isLate;
  };
}

/** Times what there was when it was first suggested: half of the limits is left to what is under way then, up to 1,000 stages with retries. */
const LATEST = 6;

/** As often as its policy says: the waiting between is the workflow's own, and outlives every worker. */
async function attempts(plan: RunPlan, stage: PlannedStage, codes: readonly StageCode[]): Promise<StageCode> {
  const { run, snapshot, heartbeatTimeout } = plan;
  const { runStage } = proxyActivities<Activities>({
    taskQueue: plan.queues[stage.queue] ?? '',
    activityId: stage.id,
    heartbeatTimeout,
    startToCloseTimeout: stage.timeout === undefined ? A_YEAR : stage.timeout + GRACE_MS,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: 1000, backoffCoefficient: 2, maximumInterval: 30_000, maximumAttempts: MOST_WORKERS },
  });
  const others = before(stage).filter((place) => codes[place] !== 'd');
  const earlier = Object.fromEntries(
    others.map((place) => [plan.stages[place]?.id ?? '', codes[place] ?? '.'] as const),
  );
  for (let attempt = 1; ; attempt++) {
    try {
      const output = await runStage({
        ...{ run, snapshot, stage: stage.id, attempt },
        ...(others.length === 0 ? {} : { before: earlier }),
        ...(stage.forced === undefined ? {} : { forced: stage.forced }),
      });
      if (output.code !== 'retry') return output.code;
      await sleep(Math.max(1, output.delay * 1000));
    } catch {
      // Its workers were lost, again and again, or it was cancelled: the history says which.
      return CancellationScope.current().consideredCancelled ? 'c' : 'f';
    }
  }
}

const A_YEAR = 365 * 24 * 3600 * 1000;
/** For what is done around an attempt. */
const GRACE_MS = 10 * 60_000;
/** That are lost one after the other, or find no way to the remote: five minutes of pauses between them. */
const MOST_WORKERS = 15;

function before({ needs, conditions = [] }: PlannedStage): readonly number[] {
  return [...new Set([...needs, ...conditions])];
}
