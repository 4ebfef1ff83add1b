import type { Emit, PipelineEvent } from '../../../core/event.ts';
import type { RunId, StageId } from '../../../core/ids.ts';
import type { StageSpec } from '../../../core/pipeline-spec.ts';
import type { StageRecord } from '../../../core/stage-record.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import { visitStages } from '../../order.ts';
import { type RunResult, toldRun } from '../../run.ts';
import type { RunContext } from '../../run-context.ts';
import { tellResult } from '../../run-stage.ts';
import { type RunView, reasonToSkip } from '../../skip.ts';
import { type SkipReason, type StageResult, recordOf } from '../../stage-result.ts';
import type { StageNote } from '../protocol.ts';

/** How a stage ended elsewhere. */
export type Outcome =
  | { readonly kind: 'noted'; readonly note: StageNote }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** The run ended without it. */
  | { readonly kind: 'never'; readonly isCancelled: boolean };

export interface RunElsewhere {
  /** The run that it is, where somebody else started it. */
  readonly joined: RunId | undefined;
  outcomeOf(stage: StageId): Promise<Outcome>;
  /** Of those events, those that were not told yet. */
  untold(note: StageNote): readonly PipelineEvent[];
}

export interface ResultsElsewhere {
  /** Told each as it is known. */
  bring(stage: StageSpec, record: StageRecord): void;
  /** Waited for before the run is told to be over. */
  done(): Promise<void>;
}

type FollowContext = Pick<
  RunContext,
  'spec' | 'graph' | 'targets' | 'clock' | 'run' | 'jobs' | 'backend' | 'signal' | 'emit'
>;

/** A run that goes on elsewhere, told as one that goes on here: by the same rules for what is skipped, the same gates, the same words. */
export function followRun(
  context: FollowContext,
  elsewhere: RunElsewhere,
  made: ResultsElsewhere | undefined,
): Promise<RunResult> {
  return toldRun(context, async (emit) => {
    // What is cancelled, and what is begun no more, the workflow says.
    const view: RunView = {
      context,
      signal: new AbortController().signal,
      results: new Map(),
      stop: {},
      healing: new Map(),
    };
    const following = { context, view, elsewhere, emit };
    if (elsewhere.joined !== undefined) {
      const message = `the same is under way already, as ${elsewhere.joined}: it is followed, and Ctrl-C leaves it alone`;
      emit({ type: 'warning', message });
    }
    const stages = await visitStages(context, async (spec) => {
      const result = await resultOf(following, spec);
      view.results.set(spec.id, result);
      const record = recordOf(result);
      if (record !== undefined) made?.bring(spec, record);
      return result;
    });
    await made?.done();
    return { stages, audited: 'held' };
  });
}

interface Following {
  readonly context: FollowContext;
  readonly view: RunView;
  readonly elsewhere: RunElsewhere;
  readonly emit: Emit;
}

async function resultOf({ context, view, elsewhere, emit }: Following, spec: StageSpec): Promise<StageResult> {
  const told = (result: StageResult): StageResult => {
    tellResult({ emit, context: { store: { broughtFrom: () => undefined } } }, spec.id, result);
    return result;
  };
  const reason = reasonToSkip(view, spec);
  if (reason !== undefined && reason.kind !== 'condition') return told({ status: 'skipped', reason });
  const outcome = await elsewhere.outcomeOf(spec.id);
  switch (outcome.kind) {
    case 'noted':
      for (const event of elsewhere.untold(outcome.note)) context.emit(event);
      return outcome.note.result;
    case 'failed':
      return told({ status: 'failed', problem: outcome.problem, seconds: 0 });
    case 'never':
      return told({ status: 'skipped', reason: outcome.isCancelled ? { kind: 'cancelled' } : stoppedBy(view) });
  }
}

function stoppedBy({ results }: RunView): SkipReason {
  const failed = [...results].find(([, { status }]) => status === 'failed');
  return failed === undefined ? { kind: 'cancelled' } : { kind: 'stopped', by: failed[0] };
}
