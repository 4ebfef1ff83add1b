import type { Output } from '../report/sink.ts';
import type { Terminal } from './terminal.ts';

export interface Outputs extends Pick<Terminal, 'stdout' | 'stderr'> {
  /** Why not all that was printed has arrived, if the person should know. */
  readonly fault: string | undefined;
}

/**
 * The process' outputs, which end the printing and not the run where they fail: a reader that has seen enough (`| head -1`) or a
 * terminal that was closed is no fault at all, and a full disk behind `> log` is told of at the end.
 */
export function processOutputs(): Outputs {
  let fault: string | undefined;
  const fail = (error: unknown): void => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== 'EPIPE' && code !== 'EIO') fault ??= message;
  };
  return {
    stdout: lasting(process.stdout, fail),
    stderr: lasting(process.stderr, fail),
    get fault() {
      return fault;
    },
  };
}

function lasting(stream: NodeJS.WriteStream, fail: (error: unknown) => void): Output {
  stream.on('error', fail);
  if (stream.isTTY) return stream;
  let failed = false;
  return {
    write(text) {
      if (failed) return;
      try {
        // Into a file Node writes at once, and throws what the disk says.
        stream.write(text);
      } catch (error) {
        failed = true;
        fail(error);
      }
    },
  };
}
