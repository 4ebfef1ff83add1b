import type { BackendName } from '../../core/pipeline-spec.ts';
import type { ExecutionFailure } from '../executor.ts';

const WAY_OUT =
  '`pipeline doctor` tries it, `pipeline doctor --install-native` sets it up again; --backend wasm needs no installation';

/** Ends a process in which the native backend does not load in time: such a load hears of no signal but SIGKILL. */
export class LoadLimit {
  /** Why the process was ended, where it was. */
  failure: ExecutionFailure | undefined;
  readonly #milliseconds: number;
  readonly #kill: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isLoading = false;

  constructor(milliseconds: number, kill: () => void) {
    this.#milliseconds = milliseconds;
    this.#kill = kill;
  }

  begin(backend: BackendName): void {
    this.over();
    // WASM is compiled by Node itself, within its own limits.
    if (backend !== 'native') return;
    this.#isLoading = true;
    this.#timer = setTimeout(() => {
      this.failure = {
        code: 'backend-unavailable',
        message: `the native backend did not load within ${this.#milliseconds / 1000} s`,
        hint: WAY_OUT,
      };
      this.#kill();
    }, this.#milliseconds);
  }

  /** The way out, where the process died by itself before the native backend was there. */
  get hintForCrash(): string | undefined {
    return this.#isLoading ? `the native backend was loading: ${WAY_OUT}` : undefined;
  }

  over(): void {
    clearTimeout(this.#timer);
    this.#isLoading = false;
  }
}
