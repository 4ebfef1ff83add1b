import { statSync } from 'node:fs';
import type { Hono } from 'hono';
import type { Runs } from '../../api/runs.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { changeOrPause, lineReader, type LinesRead } from '../../records/growing-file.ts';
import { runFolder } from '../../records/run-folder.ts';
import { statusOfRun } from '../../records/runs.ts';
import type { EventMessage, EventStreams } from '../event-streams.ts';
import { fileOfRun } from '../files-of-run.ts';
import { wholeNumber } from '../query.ts';
import { refusalOf } from '../refusal.ts';

interface EventsParts {
  readonly runs: Runs;
  /** `<store>/runs` */
  readonly folder: string;
  readonly streams: EventStreams;
}

/** How a run gets on: what it writes down, as it does, whoever started it. */
export function addEvents(app: Hono, { runs, folder, streams }: EventsParts): void {
  app.get('/api/runs/:run/events', async (context) => {
    const found = await runs.find(context.req.param('run'));
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const { id } = found.value;
    const { root, events } = runFolder(folder, id);
    const from = startIn(events, context.req.header('last-event-id'));
    // A browser asks anew where a stream ends, and stops to where there is nothing more to come.
    if (from > 0 && from === sizeOf(events) && statusOfRun(folder, id) !== 'running') return context.body(null, 204);
    return streams(context, async ({ signal, send }) => {
      const next = lineReader(events, from);
      while (!signal.aborted) {
        // Asked before the lines are read: what it wrote before it ended is then among them.
        const status = statusOfRun(folder, id);
        const read = fileOfRun(root, events) === undefined ? nothing : next();
        if (read.lines.length > 0) {
          await send(messagesIn(read));
        } else if (status !== 'running') {
          await send([{ event: 'ended', data: status }]);
          return;
        } else {
          await changeOrPause(events, signal);
        }
      }
    });
  });
}

const nothing: LinesRead = { lines: [], end: 0 };

/** Where to go on for who has seen some already. */
function startIn(file: string, lastSeen: string | undefined): number {
  const from = wholeNumber(lastSeen, 0);
  return from <= sizeOf(file) ? from : 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * What can be read of them. How far a stage was is told only as it is after them, since of a run of hours that is most of what it wrote.
 */
function messagesIn({ lines, end }: LinesRead): readonly EventMessage[] {
  const lengths = lines.map((line) => Buffer.byteLength(line) + 1);
  let at = end - lengths.reduce((sum, length) => sum + length, 0);
  const events = lines.flatMap((line, index) => {
    at += lengths[index] ?? 0;
    const event = eventIn(line);
    return event === undefined ? [] : [{ id: String(at), data: line, event }];
  });
  const last = new Map(events.flatMap(({ event }, index) => (isProgress(event) ? [[event['stage'], index]] : [])));
  return events
    .filter(({ event }, index) => !isProgress(event) || last.get(event['stage']) === index)
    .map(({ id, data }) => ({ id, data }));
}

function isProgress(event: JsonObject): boolean {
  return event['type'] === 'stage-progress';
}

/** Another process wrote it, and may have been killed while it did. */
function eventIn(line: string): JsonObject | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return isJsonObject(event) && typeof event['type'] === 'string' && typeof event['time'] === 'number'
      ? event
      : undefined;
  } catch {
    return undefined;
  }
}
