import { PrintedLines } from './printed-lines.ts';

type Stream = 'stdout' | 'stderr';

/** What one stage prints to both streams. */
export class Prints {
  /** Settles when the mark came on both: the stage has printed all that it will. */
  readonly complete: Promise<unknown>;
  /** The end of what went to stderr, for the message of a crash. */
  stderrTail = '';
  readonly #lines: Readonly<Record<Stream, PrintedLines>>;

  constructor(mark: string, output: (stream: Stream, text: string) => void) {
    const marked: Promise<void>[] = [];
    const lines = (stream: Stream): PrintedLines => {
      let resolve = (): void => undefined;
      marked.push(new Promise((settle) => (resolve = settle)));
      const text = (printed: string): void => {
        if (stream === 'stderr') this.stderrTail = (this.stderrTail + printed).slice(-TAIL_LENGTH);
        output(stream, printed);
      };
      return new PrintedLines({ text, marked: resolve }, mark);
    };
    this.#lines = { stdout: lines('stdout'), stderr: lines('stderr') };
    this.complete = Promise.all(marked);
  }

  push(stream: Stream, chunk: Buffer): void {
    this.#lines[stream].push(chunk);
  }

  /** Hands on lines that have no end yet. */
  end(): void {
    this.#lines.stdout.end();
    this.#lines.stderr.end();
  }
}

const TAIL_LENGTH = 4096;
