import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { EventStreams } from '../event-streams.ts';
import type { RunsChange } from '../protocol.ts';
import type { SeenRuns } from '../seen-runs.ts';

const EVERY_MS = 1000;

interface ChangesParts {
  readonly seen: () => Promise<SeenRuns>;
  readonly streams: EventStreams;
}

/** What becomes of the list of runs, for who shows it. */
export function addChanges(app: Hono, { seen, streams }: ChangesParts): void {
  app.get('/api/runs/changes', (context) =>
    streams(context, async ({ signal, send }) => {
      let before = await seen();
      await send([{ event: 'open', data: '' }]);
      while (!signal.aborted) {
        await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
        const now = await seen();
        const change = changeBetween(before, now);
        before = now;
        if (change !== undefined) await send([{ event: 'runs', data: JSON.stringify(change) }]);
      }
    }),
  );
}

function changeBetween(before: SeenRuns, now: SeenRuns): RunsChange | undefined {
  if (before === now) return undefined;
  const runs = now.list.filter(({ id }) => now.texts.get(id) !== before.texts.get(id));
  const gone = [...before.texts.keys()].filter((id) => !now.texts.has(id));
  return runs.length + gone.length === 0 ? undefined : { runs, gone };
}
