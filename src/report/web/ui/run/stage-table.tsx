import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatSeconds } from '../../../format.ts';
import { linkTo } from '../address.ts';
import type { LiveRun } from './live-run.ts';
import { signOf, wordsOf } from './stage-boxes.ts';

/** The same as the drawing, to be read from top to bottom. */
export function StageTable({
  live,
  chosen,
}: {
  readonly live: LiveRun;
  readonly chosen: string | undefined;
}): JSX.Element {
  const [shown, setShown] = useState(FIRST);
  const { id: run, stages } = live.record;
  return (
    <div class="stack">
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>status</th>
              <th>stage</th>
              <th class="wide-only">type</th>
              <th class="number">time</th>
              <th>how it got on</th>
            </tr>
          </thead>
          <tbody>
            {stages.slice(0, shown).map((stage) => {
              const view = live.progress.get(stage.id);
              const { sign, tone, word } = signOf(stage, view);
              return (
                <tr key={stage.id} class={stage.id === chosen ? 'chosen' : ''}>
                  <td class={`tone-${tone}`} style={{ whiteSpace: 'nowrap' }}>
                    <span class="sign" aria-hidden="true">
                      {sign}
                    </span>
                    {word}
                  </td>
                  <th scope="row">
                    <a href={linkTo(['runs', run], { stage: stage.id })}>{stage.id}</a>
                  </th>
                  <td class="wide-only soft">{stage.type}</td>
                  <td class="number">{stage.seconds === undefined ? '' : formatSeconds(stage.seconds)}</td>
                  <td class="soft numbers">{wordsOf(stage, view)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {stages.length <= shown ? null : (
        <button
          class="button"
          type="button"
          onClick={() => {
            setShown(shown + MORE);
          }}
        >
          {Math.min(MORE, stages.length - shown)} more of {stages.length}
        </button>
      )}
    </div>
  );
}

const FIRST = 30;
const MORE = 200;
