import { type Digest, sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { StageNote } from '../../engine/temporal/protocol.ts';
import type { StageNotes } from '../../engine/temporal/stage-notes.ts';
import { recordOf } from '../../engine/stage-result.ts';
import type { Noted } from '../../store/remote/collect-notes.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { type RunSnapshot, isSnapshotNote } from './snapshot.ts';

/** How the stages of runs ended, in the remote. */
export function remoteNotes(remote: RemoteStore): StageNotes {
  const { signal } = new AbortController();
  const read: StageNotes['read'] = async (run, stage) =>
    (await remote.readNote(stageNote(run, stage), signal)) as unknown as StageNote | undefined;
  return {
    read,
    async write(run, stage, note) {
      // A problem's place has the whole text of its source: the events say it in a few words.
      const { result } = note;
      const told =
        result.status === 'failed' ? { ...note, result: { ...result, problem: withoutPlace(result.problem) } } : note;
      const plain = JSON.parse(JSON.stringify(told)) as JsonValue;
      const name = stageNote(run, stage);
      if ((await remote.writeNote(name, plain, { only: 'absent', signal })) === 'written') return note;
      const first = await read(run, stage);
      // A damaged one says nothing to anybody.
      if (first === undefined) await remote.writeNote(name, plain, { signal });
      return first ?? note;
    },
  };
}

function withoutPlace({ where: _, ...problem }: Problem): Problem {
  return problem;
}

/** Beneath the snapshot's. Ids of stages may hold what file names may not. */
function stageNote({ snapshot, run }: { readonly snapshot: Digest; readonly run: RunId }, stage: StageId): string {
  return `${snapshot}/${run}/${sha256(stage).slice(0, 32)}`;
}

/** What of the remote is needed as long as a note is. */
export function notedIn(name: string, note: JsonValue): Noted {
  if (isSnapshotNote(name)) {
    const { files = [] } = note as unknown as Partial<RunSnapshot>;
    return { objects: files.map(({ digest }) => digest) };
  }
  const record = recordOf((note as unknown as StageNote).result);
  if (record === undefined) return { objects: [] };
  return { key: record.key, objects: record.artifact.files.map(({ digest }) => digest) };
}
