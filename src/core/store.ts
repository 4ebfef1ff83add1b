import type { Digest } from '../base/hash.ts';
import type { ArtifactFile, ArtifactKind, ArtifactRef } from './artifact.ts';
import type { RunId, StageKey } from './ids.ts';
import type { StageRecord } from './stage-record.ts';

/**
 * What keeps artifacts by content and results by key. Whoever implements it passes the one contract suite in
 * test/store/contract. All writes are atomic: a kill at any instant leaves the old state or the new one.
 */
export interface Store {
  /** The result under this key, if its record and every object that it names are there and whole in size; else undefined. */
  lookup(key: StageKey): Promise<StageRecord | undefined>;

  /**
   * Records the result. The first record published under a key wins, and is the one returned.
   * @param options.replace this one wins over an earlier one: the person asked for the stage to run again
   */
  publish(record: StageRecord, options?: { readonly replace?: boolean }): Promise<StageRecord>;

  /** The record under this key, whatever became of its objects; undefined where there is none, or it is damaged. */
  record(key: StageKey): Promise<StageRecord | undefined>;

  /** Every record, in no order. Damaged ones are left out. */
  records(): AsyncIterable<StageRecord>;

  /** The same in a few words each, at a fraction of the cost: what `why` and `plan` choose by which records to read. */
  heads(): Promise<readonly RecordHead[]>;

  /** Takes files of a folder in as objects (moved where that is possible), and returns the artifact that they make. */
  putFolder(folder: string, kind: ArtifactKind): Promise<ArtifactRef>;

  /** Where the object's bytes can be read; read-only. Throws where it is missing. */
  objectPath(digest: Digest): Promise<string>;

  /** Writes the artifact's files into a folder as ordinary files (reflinked or copied, never linked). */
  materialize(artifact: ArtifactRef, folder: string): Promise<void>;

  /**
   * Waits until nobody else computes this key, then holds it until `release`. A holder that died is noticed at once.
   * @param options.run for other runs, that are told for whom they wait
   * @param options.waiting told once per holder waited for
   */
  lock(key: StageKey, options: LockOptions): Promise<StoreLock>;

  /**
   * For who read an object that is not what its name says: reads it again, and if so takes it away, so that the stage that made
   * it is a miss and runs again.
   * @returns whether it was damaged
   */
  discardDamaged(digest: Digest): Promise<boolean>;

  /**
   * The folder of the checkpoints that belong to the key without what only says how far to go; made when first written to. To be
   * asked for by who is about to use it: what lies in it counts as used now.
   */
  checkpointFolder(resumeKey: Digest): string;

  /**
   * The checkpoints under `from` take the place of those under `to`, each of the one of its epoch; they go, if no `to` is given.
   * Nothing happens to those that a stage under way saves meanwhile.
   */
  moveCheckpoints(from: Digest, to?: Digest): Promise<void>;

  /**
   * Before a stage is produced: the furthest checkpoint that is elsewhere is brought into the folder, if it is beyond what is there.
   * Absent for a store without a remote. What goes wrong elsewhere is no failure.
   */
  fetchCheckpoint?(resumeKey: Digest): Promise<void>;

  /**
   * The furthest checkpoint that is here goes elsewhere, so that an interrupted stage goes on there. Calls while one goes on become
   * one more. Absent and no failure, as above.
   */
  sendCheckpoint?(resumeKey: Digest): Promise<void>;

  /** An empty folder on the store's own file system, for what a stage writes; the caller removes it. */
  makeStagingFolder(): Promise<string>;

  /** Of a result that `lookup` did not find here but elsewhere: where, for people. Always undefined for a store without a remote. */
  broughtFrom(key: StageKey): string | undefined;

  /** For downloads and such. */
  readonly downloadFolder: string;

  /** For what a person had written where an output goes: `<run>/<path in the project>`. Made when first written to. */
  readonly replacedFolder: string;

  /** For marks of outputs in a project folder that are half-made. Made when first written to. */
  readonly unfinishedFolder: string;
}

export interface RecordHead extends Pick<StageRecord, 'key' | 'createdAt' | 'madeBy' | 'seconds'> {
  /** The stage type's name. */
  readonly type: string;
  /** Of the artifact. */
  readonly bytes: number;
}

export interface LockOptions {
  readonly signal: AbortSignal;
  readonly run?: RunId;
  /**
   * @param run of the holder, where it is one
   * @param holder in words: `run 20261124-142233-k3f9 (process 4711 on laptop, since 14:22:33)`
   */
  waiting(holder: string, run: RunId | undefined): void;
}

export interface StoreLock {
  release(): Promise<void>;
}

/** Object bytes by artifact file, as the child process is told them. */
export interface ReadableFile extends ArtifactFile {
  readonly absolutePath: string;
}
