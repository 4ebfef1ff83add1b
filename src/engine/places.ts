/** What a stage takes besides its place, by pool. */
export type Demand = Readonly<Record<string, number>>;

/** Those that wait for the same. */
interface Line {
  readonly asked: readonly (readonly [pool: string, amount: number])[];
  readonly waiting: Turn[];
  next: number;
}

interface Turn {
  /** When it came. */
  readonly number: number;
  readonly granted: () => void;
}

/**
 * Places for stages, and pools of what they share (GPUs, memory). A stage takes its place and all that it asks of the pools in one
 * request, so that no two of them hold what the other waits for.
 *
 * First come, first served. Who waits for a pool keeps what it asks of it from those that came later, so that it does not starve;
 * those that ask for other pools, or for a place alone, go past it. Places need no such keeping: who gives back to a pool gives
 * back a place too, and of those that now fit the first is granted.
 */
export class Places {
  #free: number;
  #came = 0;
  readonly #pools: Map<string, number>;
  readonly #lines = new Map<string, Line>();

  /** @param pools what there is of each; a demand of what is not there is never granted: reading the pipeline refuses it */
  constructor(count: number, pools: Demand = {}) {
    this.#free = count;
    this.#pools = new Map(Object.entries(pools));
  }

  async take(demand: Demand = {}): Promise<void> {
    await new Promise<void>((granted) => {
      this.#lineOf(demand).waiting.push({ number: this.#came++, granted });
      this.#grant();
    });
  }

  give(demand: Demand = {}): void {
    this.#free++;
    for (const [pool, amount] of Object.entries(demand)) this.#pools.set(pool, this.#left(pool) + amount);
    this.#grant();
  }

  #lineOf(demand: Demand): Line {
    const asked = Object.entries(demand).sort(([a], [b]) => (a < b ? -1 : 1));
    const name = JSON.stringify(asked);
    const line = this.#lines.get(name) ?? { asked, waiting: [], next: 0 };
    this.#lines.set(name, line);
    return line;
  }

  #grant(): void {
    while (this.#free > 0) {
      const line = this.#firstThatFits();
      const turn = line?.waiting[line.next++];
      if (line === undefined || turn === undefined) return;
      if (line.next === line.waiting.length) this.#lines.delete(JSON.stringify(line.asked));
      this.#free--;
      for (const [pool, amount] of line.asked) this.#pools.set(pool, this.#left(pool) - amount);
      turn.granted();
    }
  }

  /** Only the first of a line is looked at: thousands may wait for the same. */
  #firstThatFits(): Line | undefined {
    const kept = new Map<string, number>();
    const cameAt = ({ waiting, next }: Line): number => waiting[next]?.number ?? Infinity;
    const lines =
      this.#lines.size > 1 ? [...this.#lines.values()].sort((a, b) => cameAt(a) - cameAt(b)) : this.#lines.values();
    for (const line of lines) {
      if (line.asked.every(([pool, amount]) => amount <= this.#left(pool) - (kept.get(pool) ?? 0))) return line;
      for (const [pool, amount] of line.asked) kept.set(pool, (kept.get(pool) ?? 0) + amount);
    }
    return undefined;
  }

  #left(pool: string): number {
    return this.#pools.get(pool) ?? 0;
  }
}
