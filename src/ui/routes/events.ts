import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { changeOrPause, newLines } from '../../records/growing-file.ts';
import { runFolder } from '../../records/run-folder.ts';
import { statusOfRun } from '../../records/runs.ts';
import type { Runs } from '../../api/runs.ts';
import { wholeNumber } from '../query.ts';
import { refusalOf } from '../refusal.ts';

/** How a run gets on: what it writes down, as it does, whoever started it. */
export function addEvents(app: Hono, { runs, folder }: { readonly runs: Runs; readonly folder: string }): void {
  app.get('/api/runs/:run/events', async (context) => {
    const found = await runs.find(context.req.param('run'));
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const { id } = found.value;
    const { events } = runFolder(folder, id);
    const seen = wholeNumber(context.req.header('last-event-id'), 0);
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => {
        gone.abort();
      });
      const lines = newLines(events);
      let count = 0;
      while (!gone.signal.aborted) {
        // Asked before the lines are read: what it wrote before it ended is then among them.
        const status = statusOfRun(folder, id);
        for (const line of lines()) {
          // To one that has left, writing ends at once and does nothing.
          if (line === '' || ++count <= seen) continue;
          await stream.writeSSE({ id: String(count), data: line });
        }
        if (status !== 'running') {
          await stream.writeSSE({ event: 'ended', data: status });
          return;
        }
        await changeOrPause(events, gone.signal);
      }
    });
  });
}
