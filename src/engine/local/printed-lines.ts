import { StringDecoder } from 'node:string_decoder';

export interface PrintLimits {
  readonly bytesPerSecond: number;
  /** For a stage, from begin to end. */
  readonly bytes: number;
}

export interface PrintSink {
  /** Whole lines where possible. */
  text(text: string): void;
  /** Called when the mark was met: everything printed before it has been handed on. */
  marked(): void;
}

const PRINT_LIMITS: PrintLimits = { bytesPerSecond: 256 << 10, bytes: 8 << 20 };

/**
 * What one stage prints to one stream, as lines. Only so much is handed on, and the rest counted, so that a stage that prints
 * without end floods neither memory nor the run's record.
 */
export class PrintedLines {
  readonly #sink: PrintSink;
  readonly #mark: string;
  readonly #limits: PrintLimits;
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #total = 0;
  #second = 0;
  #inSecond = 0;
  #leftOut = 0;

  constructor(sink: PrintSink, mark: string, limits = PRINT_LIMITS) {
    this.#sink = sink;
    this.#mark = mark;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    this.#line += this.#decoder.write(chunk);
    const mark = this.#line.indexOf(this.#mark);
    if (mark !== -1) {
      this.#line = this.#line.slice(0, mark);
      this.end();
      this.#sink.marked();
      return;
    }
    const lineEnd = this.#line.lastIndexOf('\n') + 1;
    // A line without end is cut, but not within the mark, of which a part may have come.
    const cut = this.#line.length - lineEnd > LONGEST_LINE ? this.#line.length - this.#mark.length : lineEnd;
    this.#handOn(this.#line.slice(0, cut));
    this.#line = this.#line.slice(cut);
  }

  /** Hands on what has no line break yet. */
  end(): void {
    this.#handOn(this.#line + this.#decoder.end());
    this.#line = '';
    this.#tellWhatWasLeftOut();
  }

  #handOn(text: string): void {
    if (text === '') return;
    const bytes = Buffer.byteLength(text);
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    if (this.#total + bytes > this.#limits.bytes || this.#inSecond + bytes > this.#limits.bytesPerSecond) {
      this.#leftOut += bytes;
      return;
    }
    this.#tellWhatWasLeftOut();
    this.#total += bytes;
    this.#inSecond += bytes;
    this.#sink.text(text);
  }

  #tellWhatWasLeftOut(): void {
    if (this.#leftOut > 0) this.#sink.text(`… ${this.#leftOut.toLocaleString('en')} bytes left out …\n`);
    this.#leftOut = 0;
  }
}

const LONGEST_LINE = 64 << 10;
