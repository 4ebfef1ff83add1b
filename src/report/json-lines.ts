import type { EventSink, Output } from './sink.ts';

/** Every event as one line of JSON, as it happens. */
export function jsonLinesSink(output: Output): EventSink {
  return {
    emit: (event) => output.write(`${JSON.stringify(event)}\n`),
    close: () => Promise.resolve(),
  };
}
