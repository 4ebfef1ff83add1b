import type { Digest } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import type { StageKey } from '../../core/ids.ts';
import type { RemoteStore } from './remote-store.ts';

/** What a note needs that lies there besides. */
export interface Noted {
  readonly objects: readonly Digest[];
  /** Of the result that they are, if they are one: whether that is kept, its record says. */
  readonly key?: StageKey;
}

export interface NoteRules {
  /** Milliseconds since 1970. */
  readonly before: number;
  readonly notedIn: (name: string, note: JsonValue) => Noted;
  readonly signal: AbortSignal;
}

export interface ChosenNotes {
  /** Names of those that go. */
  readonly old: readonly string[];
  /** Of those that stay. */
  readonly noted: readonly (Noted & { readonly isYoung: boolean })[];
}

/**
 * A note is as young as the youngest beside it or beneath it: that a run still goes on is seen from its stage that ended last, and what
 * it is of stays as long as one of its runs does. They go after two weeks more than other things, for runs whose stages take days.
 */
export async function chooseNotes(remote: RemoteStore, { before, notedIn, signal }: NoteRules): Promise<ChosenNotes> {
  const names: string[] = [];
  const youngest = new Map<string, number>();
  for await (const { name, writtenAt } of remote.listNotes(signal)) {
    names.push(name);
    for (const folder of foldersOf(name)) youngest.set(folder, Math.max(writtenAt, youngest.get(folder) ?? 0));
  }
  const writtenAt = (name: string): number => youngest.get(foldersOf(name)[0] ?? '') ?? 0;
  const isOld = (name: string): boolean => writtenAt(name) < before - LONGER_MS;
  const noted = await Promise.all(
    names
      .filter((name) => !isOld(name))
      .map(async (name) => {
        const note = await remote.readNote(name, signal);
        return note === undefined ? [] : [{ ...notedIn(name, note), isYoung: writtenAt(name) >= before }];
      }),
  );
  return { old: names.filter(isOld), noted: noted.flat() };
}

/** What an interrupted run, or a training, goes on from stays for longer than what nobody names. */
export const LONGER_MS = 14 * 24 * 3600 * 1000;

/** The innermost first. */
function foldersOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}
