import type { StageId } from '../../core/ids.ts';
import type { StageInput, StageNote } from './protocol.ts';

export type NotedRun = Pick<StageInput, 'run' | 'snapshot'>;

/** Where workers leave how the stages of a run ended. */
export interface StageNotes {
  read(of: NotedRun, stage: StageId): Promise<StageNote | undefined>;
  /** The first one under a name stays. @returns it */
  write(of: NotedRun, stage: StageId, note: StageNote): Promise<StageNote>;
}

/** Of an attempt after which there is another one, the note has a name of its own. */
export function noteName({ stage, attempt }: Pick<StageInput, 'stage' | 'attempt'>, isRetried: boolean): StageId {
  return (isRetried ? `${stage}#${attempt}` : stage) as StageId;
}
