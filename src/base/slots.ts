/** Lets at most `count` at once go on; the others wait their turn, first come, first served. */
export class Slots {
  #free: number;
  #queue: (() => void)[] = [];
  #next = 0;

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  give(): void {
    const turn = this.#queue[this.#next++];
    if (turn !== undefined) {
      turn();
      return;
    }
    this.#queue = [];
    this.#next = 0;
    this.#free++;
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await work();
    } finally {
      this.give();
    }
  }
}
