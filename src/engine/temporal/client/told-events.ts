import type { PipelineEvent } from '../../../core/event.ts';
import type { PlacedEvent, StageBeat, StageNote } from '../protocol.ts';

/** Which events were told, by the life that they are of and their place in it. */
export class ToldEvents {
  readonly #places = new Map<string, Set<number>>();
  readonly #over = new Set<string>();

  fresh({ life, events }: StageBeat): readonly PipelineEvent[] {
    // Its note has overtaken the beat.
    return this.#over.has(life) ? [] : this.#newOf(life, events);
  }

  untold({ life, events }: StageNote): readonly PipelineEvent[] {
    const left = this.#newOf(life, events);
    this.#places.delete(life);
    this.#over.add(life);
    return left;
  }

  #newOf(life: string, events: readonly PlacedEvent[]): readonly PipelineEvent[] {
    const told = this.#places.get(life) ?? new Set();
    this.#places.set(life, told);
    return events.flatMap(([place, event]) => {
      if (told.has(place)) return [];
      told.add(place);
      return [event];
    });
  }
}
