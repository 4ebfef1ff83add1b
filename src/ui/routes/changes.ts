import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ListedRun, Runs } from '../../api/runs.ts';
import type { RunsChange } from '../protocol.ts';

const EVERY_MS = 1000;

/** What becomes of the list of runs, for who shows it. */
export function addChanges(app: Hono, { runs }: { readonly runs: Runs }): void {
  const look = shared(() => runs.list());
  app.get('/api/runs/changes', (context) =>
    streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => {
        gone.abort();
      });
      let before = textById(await look());
      await stream.writeSSE({ event: 'open', data: '' });
      while (!gone.signal.aborted) {
        await sleep(EVERY_MS, undefined, { signal: gone.signal, ref: false }).catch(() => undefined);
        const list = await look();
        const now = textById(list);
        const change: RunsChange = {
          runs: list.filter(({ id }) => now.get(id) !== before.get(id)),
          gone: [...before.keys()].filter((id) => !now.has(id)),
        };
        before = now;
        if (change.runs.length + change.gone.length === 0) await stream.writeSSE({ event: 'nothing', data: '' });
        else await stream.writeSSE({ event: 'runs', data: JSON.stringify(change) });
      }
    }),
  );
}

function textById(list: readonly ListedRun[]): ReadonlyMap<ListedRun['id'], string> {
  return new Map(list.map((run) => [run.id, JSON.stringify(run)]));
}

/** However many pages look, the folder is read once a second. */
function shared(list: () => Promise<readonly ListedRun[]>): () => Promise<readonly ListedRun[]> {
  let last: { readonly at: number; readonly list: Promise<readonly ListedRun[]> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > EVERY_MS / 2) last = { at: now, list: list() };
    return last.list;
  };
}
