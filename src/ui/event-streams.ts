import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Refusal } from './protocol.ts';

/** Who follows a stream of events (text/event-stream). */
export interface Listener {
  /** Aborted when it has left. */
  readonly signal: AbortSignal;
  /** Comes back when it has taken them: to one that reads slowly no more is sent than it takes. To one that has left, at once. */
  readonly send: (messages: readonly EventMessage[]) => Promise<void>;
}

export interface EventMessage {
  readonly event?: string;
  readonly id?: string;
  /** One line. */
  readonly data: string;
}

/** Answers a request by a stream, which ends when `tell` does, or who listens has left. */
export type EventStreams = (context: Context, tell: (listener: Listener) => Promise<void>) => Response;

interface EventStreamsOptions {
  /** At once. */
  readonly most: number;
  readonly onBug: (error: Error) => void;
}

export function eventStreams({ most, onBug }: EventStreamsOptions): EventStreams {
  let open = 0;
  return (context, tell) => {
    if (open >= most) {
      const hint = 'close some of its pages';
      return context.json<Refusal>({ message: `${most} streams of this server are followed already`, hint }, 503);
    }
    open++;
    return streamSSE(context, async (stream) => {
      const left = new AbortController();
      const leave = (): void => {
        left.abort();
      };
      stream.onAbort(leave);
      let isTaken = true;
      const write = async (text: string): Promise<void> => {
        isTaken = false;
        const timer = setTimeout(() => {
          stream.abort();
        }, PATIENCE_MS);
        await stream.write(text);
        clearTimeout(timer);
        isTaken = true;
      };
      // Tells who listens that there is still a server, and the server whether there is still somebody.
      const beat = setInterval(() => {
        if (isTaken) void write(': \n\n');
      }, BEAT_MS);
      try {
        // Headers are sent with the first byte.
        await write(': \n\n');
        await tell({
          signal: left.signal,
          send: async (messages) => {
            if (messages.length > 0 && !left.signal.aborted) await write(messages.map(textOf).join(''));
          },
        });
      } catch (error) {
        onBug(error instanceof Error ? error : new Error(String(error)));
      } finally {
        clearInterval(beat);
        open--;
      }
    });
  };
}

/** Who has taken nothing for so long has left, or is no browser. */
const PATIENCE_MS = 60_000;
const BEAT_MS = 15_000;

function textOf({ event, id, data }: EventMessage): string {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  return `${head}data: ${data.replace(/[\r\n]/g, ' ')}\n\n`;
}
