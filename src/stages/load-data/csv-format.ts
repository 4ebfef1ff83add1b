/**
 * Tables of whole numbers from 0 to 255 as CSV, piece by piece. Not all of CSV: no cell needs quotes for its content, and a general parser,
 * which makes a text of each of MNIST's 55 million cells, takes many times as long.
 */
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

export interface Table {
  /** Of the columns, where the first line is no numbers. */
  readonly names: readonly string[] | undefined;
  readonly columns: number;
  /** Row after row. */
  readonly cells: Uint8Array;
}

const [TAB, LINE_FEED, RETURN, BLANK, QUOTE, COMMA, POINT, ZERO, NINE] = [9, 10, 13, 32, 34, 44, 46, 48, 57];

/** What no line of numbers is as long as. */
const LONGEST_FIRST_LINE = 2 ** 24;

/** Problems are told as the rest of a sentence that begins with the file's name. */
export class TableReader {
  /** Of the first line, until it is whole. */
  #head: Uint8Array | undefined = new Uint8Array();
  #names: readonly string[] | undefined;
  #columns = 0;
  #cells = new Uint8Array(2 ** 16);
  #filled = 0;
  /** Of the cell that comes next, both from 0. */
  #column = 0;
  #line = 0;
  #value = 0;
  #state: 'before' | 'digits' | 'fraction' | 'after' = 'before';

  push(bytes: Uint8Array): string | undefined {
    if (this.#head === undefined) return this.#take(bytes);
    const end = bytes.indexOf(LINE_FEED);
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, end === -1 ? bytes.length : end)]);
    if (this.#head.length > LONGEST_FIRST_LINE) return 'is no table: its first line does not end';
    if (end === -1) return undefined;
    return this.#begin(this.#head) ?? this.#take(bytes.subarray(end + 1));
  }

  end(): Result<Table, string> {
    const problem = (this.#head === undefined ? undefined : this.#begin(this.#head)) ?? this.#take(LINE_END);
    if (problem !== undefined) return failure(problem);
    if (this.#filled === 0) return failure('has no line of numbers');
    return success({
      names: this.#names,
      columns: this.#columns,
      cells: this.#cells.slice(0, this.#filled),
    });
  }

  #begin(head: Uint8Array): string | undefined {
    this.#head = undefined;
    const text = new TextDecoder().decode(head);
    const cells = text.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    this.#columns = cells.length;
    if (cells.length < 2) return 'has one column: a label and pixels, separated by commas, are expected';
    if (cells.every((cell) => /^\d+(\.0*)?$/.test(cell))) return this.#take(new TextEncoder().encode(`${text}\n`));
    this.#names = cells;
    this.#line = 1;
    return undefined;
  }

  #take(bytes: Uint8Array): string | undefined {
    for (const byte of bytes) {
      if (byte >= ZERO && byte <= NINE) {
        if (!this.#digit(byte - ZERO)) return this.#misfit();
      } else if (byte === COMMA) {
        if (!this.#endCell()) return this.#misfit();
        if (this.#column === this.#columns) return this.#wrongLength('more');
      } else if (byte === LINE_FEED) {
        const problem = this.#endLine();
        if (problem !== undefined) return problem;
      } else if (byte === POINT && this.#state === 'digits') {
        this.#state = 'fraction';
      } else if (byte === BLANK || byte === TAB || byte === RETURN || byte === QUOTE) {
        if (this.#state !== 'before') this.#state = 'after';
      } else return this.#misfit();
    }
    return undefined;
  }

  #digit(digit: number): boolean {
    if (this.#state === 'after') return false;
    if (this.#state === 'fraction') return digit === 0;
    this.#state = 'digits';
    this.#value = 10 * this.#value + digit;
    return this.#value <= 255;
  }

  /** Whether it held a number. */
  #endCell(): boolean {
    if (this.#state === 'before') return false;
    if (this.#filled === this.#cells.length) this.#grow();
    this.#cells[this.#filled++] = this.#value;
    this.#value = 0;
    this.#state = 'before';
    this.#column++;
    return true;
  }

  #endLine(): string | undefined {
    // An empty line is none.
    if (this.#column > 0 || this.#state !== 'before') {
      if (!this.#endCell()) return this.#misfit();
      if (this.#column !== this.#columns) return this.#wrongLength(String(this.#column));
    }
    this.#column = 0;
    this.#line++;
    return undefined;
  }

  #grow(): void {
    const cells = new Uint8Array(2 * this.#cells.length);
    cells.set(this.#cells);
    this.#cells = cells;
  }

  #misfit(): string {
    return `has no whole number from 0 to 255 in line ${this.#line + 1}, column ${this.#column + 1}`;
  }

  #wrongLength(found: string): string {
    return `has ${this.#columns} columns in its first line, and ${found} in line ${this.#line + 1}`;
  }
}

const LINE_END = Uint8Array.of(LINE_FEED);
