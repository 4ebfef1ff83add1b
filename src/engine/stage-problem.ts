import { messageOf } from '../base/error-message.ts';
import type { Emit, EventProblem } from '../core/event.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import { RemoteError } from '../core/remote-error.ts';
import { StoreError } from '../core/store-error.ts';
import { formatPlace } from '../diagnostics/position.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { ExecutionFailure } from './executor.ts';

/** With the place in the pipeline that it belongs to: the stage's, where it names no other. */
export function failureProblem(spec: StageSpec, failure: ExecutionFailure): Problem {
  const { code, message, hint, pointer } = failure;
  const where = pointer === undefined ? spec.where : spec.locate(pointer);
  return { code, message, where, ...(hint === undefined ? {} : { hint }) };
}

/** What was thrown while the engine saw to a stage; its stack goes into the stage's log. */
export function thrownProblem(emit: Emit, spec: StageSpec, error: unknown): Problem {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  emit({ type: 'stage-output', stage: spec.id, stream: 'stderr', text: `${text}\n` });
  if (error instanceof StoreError || error instanceof RemoteError) return { ...error.problem, where: spec.where };
  return { code: 'stage-failed', message: messageOf(error), where: spec.where };
}

export function cancelledProblem(spec: StageSpec): Problem {
  return { code: 'stage-cancelled', message: 'the run was cancelled while the stage ran', where: spec.where };
}

export function timeoutProblem(spec: StageSpec, seconds: number): Problem {
  return {
    code: 'stage-timeout',
    message: `it did not end within the ${seconds} s that its timeout allows, and was ended`,
    hint: 'a training goes on from its last epoch when it runs again; raise the timeout if it needs longer',
    where: spec.locate('/timeout'),
  };
}

export function eventProblem({ code, message, hint, where }: Problem): EventProblem {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where: formatPlace(where) }),
  };
}
