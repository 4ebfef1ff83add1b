import { sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { StageNote } from '../../engine/temporal/protocol.ts';
import type { StageNotes } from '../../engine/temporal/stage-work.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';

/** How the stages of runs ended, in the remote. */
export function remoteNotes(remote: RemoteStore): StageNotes {
  const { signal } = new AbortController();
  return {
    async read(run, stage) {
      return (await remote.readNote(nameOf(run, stage), signal)) as unknown as StageNote | undefined;
    },
    async write(run, stage, note) {
      // A problem's place has the whole text of its source: the events say it in a few words.
      const text = JSON.stringify(note, (key, value: unknown) =>
        key === 'where' && typeof value === 'object' ? undefined : value,
      );
      await remote.writeNote(nameOf(run, stage), JSON.parse(text) as JsonValue, signal);
    },
  };
}

/** Ids of stages may hold what file names may not. */
function nameOf(run: RunId, stage: StageId): string {
  return `runs/${run}/${sha256(stage).slice(0, 32)}`;
}
