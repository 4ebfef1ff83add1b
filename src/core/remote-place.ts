import type { Digest } from '../base/hash.ts';

/**
 * Where a remote store keeps named bytes: a bucket, a folder on a shared disk. Whoever implements it passes the suite in
 * test/store/remote/place-contract. What goes wrong is thrown as a RemoteError, after the retries that make sense there.
 */
export interface RemotePlace {
  /** For people: `s3://bucket/prefix`. Credentials are never in it. */
  readonly name: string;

  /** Undefined where nothing has this name. */
  look(name: string, signal: AbortSignal): Promise<RemoteItem | undefined>;

  /** @param options.from the first byte wanted; where the content has no more, the caller asks for nothing */
  read(
    name: string,
    options: { readonly signal: AbortSignal; readonly from?: number },
  ): Promise<RemoteContent | undefined>;

  /**
   * Whoever reads it at any moment sees all of the old content or all of the new one. A file is written only if its content is
   * what its digest says, else DamagedFile is thrown.
   * @param options.only where nothing has the name yet (`absent`), or what has it is still the one with this tag
   * @returns `refused` where that does not hold
   */
  write(name: string, content: string | LocalFile, options: WriteOptions): Promise<'written' | 'refused'>;

  /** Everything whose name begins so. */
  list(beginning: string, signal: AbortSignal): AsyncIterable<ListedItem>;

  /** Nothing happens where it is not there. */
  remove(name: string, signal: AbortSignal): Promise<void>;

  /** Takes away what writers that were killed left half-made before this time. @returns how many */
  removeUnfinished(before: number, signal: AbortSignal): Promise<number>;

  /** Gives back its connections. */
  close(): void;
}

export interface RemoteItem {
  readonly bytes: number;
  /** Milliseconds since 1970, by the clock of the place. */
  readonly writtenAt: number;
  /** Another one when the content is written anew. */
  readonly tag: string;
}

export interface ListedItem extends RemoteItem {
  readonly name: string;
}

export interface RemoteContent {
  /** Of all of it, wherever reading began. */
  readonly item: RemoteItem;
  /** Throws a RemoteError where it is cut off. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** An object of the local store. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  readonly only?: 'absent' | { readonly tag: string };
}
