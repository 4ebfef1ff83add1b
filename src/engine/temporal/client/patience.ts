import type { StageId } from '../../../core/ids.ts';
import type { UnderWay } from './under-way.ts';

interface PatienceOptions {
  /** Of each stage of the run. */
  readonly pools: ReadonlyMap<StageId, string>;
  readonly clock: () => number;
}

/** How long the stages of a run have waited for a worker to take them. */
export class Patience {
  readonly #pools: PatienceOptions['pools'];
  readonly #clock: PatienceOptions['clock'];
  #since: ReadonlyMap<StageId, number> = new Map();
  readonly #askedAt = new Map<string, number>();

  constructor({ pools, clock }: PatienceOptions) {
    this.#pools = pools;
    this.#clock = clock;
  }

  /** @returns the pools whose stages have waited so long that it is to be asked whether anybody listens there */
  poolsToAskAbout(under: readonly UnderWay[], isLeft: (stage: StageId) => boolean): readonly string[] {
    const now = this.#clock();
    // With nothing under way, no worker walks the graph, or none has to: all that is left waits.
    const waiting =
      under.length === 0
        ? [...this.#pools.keys()].filter(isLeft)
        : under.filter(({ isWaiting }) => isWaiting).map(({ stage }) => stage);
    this.#since = new Map(waiting.map((stage) => [stage, this.#since.get(stage) ?? now]));
    const long = waiting.filter((stage) => now - (this.#since.get(stage) ?? now) >= PATIENCE_MS);
    const pools = [...new Set(long.flatMap((stage) => this.#pools.get(stage) ?? []))].filter(
      (pool) => now - (this.#askedAt.get(pool) ?? 0) >= ASK_AGAIN_MS,
    );
    for (const pool of pools) this.#askedAt.set(pool, now);
    return pools;
  }
}

const PATIENCE_MS = 5000;
const ASK_AGAIN_MS = 10_000;
