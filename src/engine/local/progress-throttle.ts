import type { StageProgress } from '../../core/stage-runner.ts';

/** Lets progress through about ten times a second; the ends of epochs and notes always, in order. */
export class ProgressThrottle {
  readonly #send: (event: StageProgress) => void;
  #held: StageProgress | undefined;
  #sentAt = -Infinity;

  constructor(send: (event: StageProgress) => void) {
    this.#send = send;
  }

  emit(event: StageProgress): void {
    if (event.type !== 'stage-progress') {
      this.flush();
      this.#send(event);
      return;
    }
    this.#held = event;
    if (performance.now() - this.#sentAt >= INTERVAL_MS) this.flush();
  }

  /** Sends the latest progress that was held back. */
  flush(): void {
    if (this.#held === undefined) return;
    this.#send(this.#held);
    this.#held = undefined;
    this.#sentAt = performance.now();
  }
}

const INTERVAL_MS = 100;
