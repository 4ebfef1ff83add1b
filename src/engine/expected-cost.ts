import type { ExpectedCost, ExplainedStage } from '../core/explained-plan.ts';
import type { StageId } from '../core/ids.ts';

/** What a plan would cost, as far as earlier results tell. @param stages in topological order */
export function expectedCost(stages: readonly ExplainedStage[], jobs: number): ExpectedCost {
  const toRun = stages.filter(({ status }) => status === 'miss' || status === 'unknown');
  return {
    seconds: sum(toRun.map(({ seconds }) => seconds ?? 0)),
    bytes: sum(toRun.map(({ bytes }) => bytes ?? 0)),
    elapsedSeconds: elapsed(toRun, jobs),
    jobs,
    unknownStages: toRun.filter(({ seconds }) => seconds === undefined).length,
  };
}

/** As the engine starts them: each when its needs are done, and of those that wait for a place the first first. */
function elapsed(toRun: readonly ExplainedStage[], jobs: number): number {
  const { waitingFor, neededBy } = edgesOf(toRun);
  const ready = toRun.filter(({ stage }) => waitingFor.get(stage) === 0);
  const running: { readonly stage: StageId; readonly end: number }[] = [];
  let now = 0;
  for (let next = 0; next < ready.length || running.length > 0;) {
    const stage = running.length < jobs ? ready[next] : undefined;
    if (stage !== undefined) {
      next++;
      running.push({ stage: stage.stage, end: now + (stage.seconds ?? 0) });
      continue;
    }
    const first = running.reduce((earliest, each) => (each.end < earliest.end ? each : earliest));
    running.splice(running.indexOf(first), 1);
    now = first.end;
    for (const dependent of neededBy.get(first.stage) ?? []) {
      const left = (waitingFor.get(dependent.stage) ?? 0) - 1;
      waitingFor.set(dependent.stage, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return now;
}

/** Among these alone: what is reused is there from the start. */
function edgesOf(toRun: readonly ExplainedStage[]) {
  const ids = new Set(toRun.map(({ stage }) => stage));
  const waitingFor = new Map<StageId, number>();
  const neededBy = new Map<StageId, ExplainedStage[]>();
  for (const each of toRun) {
    const needs = each.needs.filter((need) => ids.has(need));
    waitingFor.set(each.stage, needs.length);
    for (const need of needs) {
      const known = neededBy.get(need);
      if (known === undefined) neededBy.set(need, [each]);
      else known.push(each);
    }
  }
  return { waitingFor, neededBy };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
