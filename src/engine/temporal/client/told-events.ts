import type { PipelineEvent } from '../../../core/event.ts';
import type { StageBeat, StageNote } from '../protocol.ts';

/** Which events were told, by the life that they are of and their place in it. */
export class ToldEvents {
  readonly #places = new Map<string, Set<string>>();
  readonly #over = new Set<string>();

  fresh({ life, events }: StageBeat): readonly PipelineEvent[] {
    // Its note has overtaken the beat.
    if (this.#over.has(life)) return [];
    return events.flatMap(([, event]) => (this.#isNew(life, event) ? [event] : []));
  }

  untold({ life, events }: StageNote): readonly PipelineEvent[] {
    const left = events.filter((event) => this.#isNew(life, event));
    this.#places.delete(life);
    this.#over.add(life);
    return left;
  }

  #isNew(life: string, event: PipelineEvent): boolean {
    const told = this.#places.get(life) ?? new Set();
    this.#places.set(life, told);
    const text = JSON.stringify(event);
    if (told.has(text)) return false;
    told.add(text);
    return true;
  }
}
