import type { Output } from '../report/sink.ts';
import type { Terminal } from './terminal.ts';

export interface Outputs extends Pick<Terminal, 'stdout' | 'stderr'> {
  /** Why not all that was printed has arrived, if the person should know; asked for when all was. */
  readonly fault: string | undefined;
}

/**
 * The process' outputs, which end the printing and not the run where they fail: a reader that has seen enough (`| head -1`) or a
 * terminal that was closed is no fault at all, and a full disk behind `> log` is told of at the end. What is written in one go is
 * printed in one go, since a run of 10,000 stages with nothing to do says 10,000 lines at once.
 */
export function processOutputs(): Outputs {
  const failed = new Set<NodeJS.WriteStream>();
  let fault: string | undefined;
  let waiting: { readonly stream: NodeJS.WriteStream; readonly text: string } = { stream: process.stdout, text: '' };
  process.once('exit', flush);
  return {
    stdout: lasting(process.stdout),
    stderr: lasting(process.stderr),
    get fault() {
      flush();
      return fault;
    },
  };

  function lasting(stream: NodeJS.WriteStream): Output {
    stream.on('error', fail);
    if (stream.isTTY) return stream;
    return {
      write(text) {
        if (waiting.text === '') setImmediate(flush);
        // The other one's lines came first.
        else if (waiting.stream !== stream || waiting.text.length > ENOUGH) flush();
        waiting = { stream, text: waiting.text + text };
      },
    };
  }

  function flush(): void {
    const { stream, text } = waiting;
    waiting = { stream, text: '' };
    if (text === '' || failed.has(stream)) return;
    try {
      // Into a file Node writes at once, and throws what the disk says.
      stream.write(text);
    } catch (error) {
      failed.add(stream);
      fail(error);
    }
  }

  function fail(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== 'EPIPE' && code !== 'EIO') fault ??= message;
  }
}

const ENOUGH = 1 << 16;
