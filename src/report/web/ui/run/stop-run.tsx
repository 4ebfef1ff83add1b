import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Refusal } from '../../../../ui/protocol.ts';
import { Refused } from '../answered.tsx';
import { refusalOf, server } from '../server.ts';

/** Stops a run under way, after a second look. */
export function StopRun({ run }: { readonly run: string }): JSX.Element {
  const [state, setState] = useState<'idle' | 'sure' | 'asked'>('idle');
  const [refusal, setRefusal] = useState<Refusal>();
  const stop = (): void => {
    setState('asked');
    server.stop(run).catch((error: unknown) => {
      setRefusal(refusalOf(error));
      setState('idle');
    });
  };
  return (
    <div class="row">
      {refusal === undefined ? null : <Refused refusal={refusal} />}
      {state === 'sure' ? (
        <>
          <span class="small">Trainings keep the epochs that have ended.</span>
          <button type="button" class="button danger" onClick={stop}>
            Stop it
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              setState('idle');
            }}
          >
            Let it run
          </button>
        </>
      ) : (
        <button
          type="button"
          class="button danger"
          disabled={state === 'asked'}
          onClick={() => {
            setState('sure');
          }}
        >
          {state === 'asked' ? 'Stopping…' : 'Stop'}
        </button>
      )}
    </div>
  );
}
