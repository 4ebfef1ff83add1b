import type { BackendName } from '../../core/pipeline-spec.ts';
import type { ExecutionFailure } from '../executor.ts';

/** Ends a process in which the native backend does not load in time: such a load hears of no signal but SIGKILL. */
export class LoadLimit {
  /** Why the process was ended, where it was. */
  failure: ExecutionFailure | undefined;
  readonly #milliseconds: number;
  readonly #kill: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, kill: () => void) {
    this.#milliseconds = milliseconds;
    this.#kill = kill;
  }

  begin(backend: BackendName): void {
    this.over();
    // WASM is compiled by Node itself, within its own limits.
    if (backend !== 'native') return;
    this.#timer = setTimeout(() => {
      this.failure = {
        code: 'backend-unavailable',
        message: `the native backend did not load within ${this.#milliseconds / 1000} s`,
        hint: '`pipeline doctor` tries it, `pipeline doctor --install-native` sets it up again; --backend wasm needs no installation',
      };
      this.#kill();
    }, this.#milliseconds);
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}
