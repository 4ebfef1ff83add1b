import type { EngineOf } from './engine.ts';
import { failuresContract } from './failures.ts';
import { policiesContract } from './policies.ts';
import { reuseContract } from './reuse.ts';
import { runsContract } from './runs.ts';

/** What every engine does: tried as its users do, with the built command. */
export function engineContract(engine: EngineOf): void {
  reuseContract(engine);
  failuresContract(engine);
  policiesContract(engine);
  runsContract(engine);
}
