import type { ComponentChildren, JSX } from 'preact';
import { Notice } from './pieces.tsx';
import type { Refusal } from '../../../ui/protocol.ts';
import type { Asked } from './use-asked.ts';

interface AnsweredProps<Answer> {
  readonly asked: Asked<Answer>;
  readonly children: (answer: Answer) => ComponentChildren;
}

/** What is shown of an answer; before it, that it is asked for, and of a refusal its words. */
export function Answered<Answer>({ asked: { answer, refusal, again }, children }: AnsweredProps<Answer>): JSX.Element {
  return (
    <>
      {refusal === undefined ? null : <Refused refusal={refusal} again={again} />}
      {answer !== undefined ? children(answer) : refusal === undefined ? <Waiting /> : null}
    </>
  );
}

/** Seen only where an answer takes long. */
export function Waiting(): JSX.Element {
  return (
    <p class="soft waiting" role="status">
      …
    </p>
  );
}

export function Refused({ refusal, again }: { readonly refusal: Refusal; readonly again?: () => void }): JSX.Element {
  return (
    <Notice tone="bad">
      <div class="row spread">
        <div>
          <p>{refusal.message}</p>
          {refusal.hint === undefined ? null : <p class="small">{refusal.hint}</p>}
          {refusal.where === undefined ? null : <p class="small code">{refusal.where}</p>}
        </div>
        {again === undefined ? null : (
          <button type="button" class="button" onClick={again}>
            Try again
          </button>
        )}
      </div>
    </Notice>
  );
}
