import type { StageId } from '../../../core/ids.ts';
import type { Outcome } from './follow-run.ts';

/** Each comes once; asked for before or after. */
export class Outcomes {
  readonly #known = new Map<StageId, Outcome>();
  readonly #asked = new Map<StageId, { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }>();
  #end: Outcome | undefined;
  #error: Error | undefined;

  of(stage: StageId): Promise<Outcome> {
    const known = this.#known.get(stage) ?? this.#end;
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      if (this.#error === undefined) this.#asked.set(stage, { resolve, reject });
      else reject(this.#error);
    });
  }

  isOver(): boolean {
    return this.#end !== undefined || this.#error !== undefined;
  }

  has(stage: StageId): boolean {
    return this.#end !== undefined || this.#known.has(stage);
  }

  set(stage: StageId, outcome: Outcome): void {
    this.#known.set(stage, outcome);
    this.#asked.get(stage)?.resolve(outcome);
    this.#asked.delete(stage);
  }

  close(end: Outcome): void {
    this.#end = end;
    for (const { resolve } of this.#asked.values()) resolve(end);
    this.#asked.clear();
  }

  fail(error: unknown): void {
    const failed = error instanceof Error ? error : new Error(String(error));
    this.#error = failed;
    for (const { reject } of this.#asked.values()) reject(failed);
    this.#asked.clear();
  }
}
