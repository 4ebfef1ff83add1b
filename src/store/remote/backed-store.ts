import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { coalesced } from '../../base/coalesced.ts';
import type { ArtifactFile } from '../../core/artifact.ts';
import type { StageKey } from '../../core/ids.ts';
import { DamagedFile, RemoteError } from '../../core/remote-error.ts';
import type { RemoteAccess } from '../../core/remote-settings.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { Store } from '../../core/store.ts';
import { carryCheckpoints } from './carry-checkpoints.ts';
import type { PublishOptions } from './publish.ts';
import type { RemoteStore } from './remote-store.ts';

export interface Backing {
  readonly remote: RemoteStore;
  readonly access: RemoteAccess;
  /** `false`: a record that is there alone is enough, and its objects stay where they are, as checkpoints do. Brought here, if absent. */
  readonly fetches?: boolean;
  /** Told each thing once. Where absent, what the remote refuses is thrown. */
  readonly warn?: (message: string) => void;
  /** Told what came from there: the bytes of objects, of each result. */
  readonly brought?: (record: StageRecord, bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * A store here, with a remote behind it: what is not here is looked for there and brought here, and what is made here is brought
 * there. Stages read and write what is here. A remote that fails never makes a stage fail: it is left alone for a while, and the
 * work goes on with what is here.
 */
export function backedStore(local: Store, backing: Backing): Store {
  const { remote, access, fetches = true, signal } = backing;
  const care = careful(backing);
  const origins = new Set<StageKey>();
  const underWay = new Map<StageKey, Promise<StageRecord | undefined>>();

  async function find(key: StageKey): Promise<StageRecord | undefined> {
    const record = await care.whenReading(() => remote.record(key, signal));
    if (record === undefined) return undefined;
    const found = fetches ? await care.whenReading(() => bring(local, record, { ...backing, replace: false })) : record;
    if (found !== undefined) origins.add(key);
    return found;
  }

  const checkpoints = carryCheckpoints(local, remote, signal);

  return {
    ...local,
    ...(fetches && {
      fetchCheckpoint: (resumeKey) => care.whenReading(() => checkpoints.fetch(resumeKey)),
    }),
    ...(access === 'read-write' && {
      sendCheckpoint: coalesced((resumeKey) => care.whenWriting(local, () => checkpoints.send(resumeKey))),
    }),
    moveCheckpoints: checkpoints.move,
    async lookup(key) {
      const here = await local.lookup(key);
      if (here !== undefined) return here;
      // Several stages of a run may have one key.
      const finding = underWay.get(key) ?? find(key).finally(() => underWay.delete(key));
      underWay.set(key, finding);
      return finding;
    },
    async publish(record, options = {}) {
      const kept = await local.publish(record, options);
      if (access === 'read') return kept;
      const agreed = await care.whenWriting(local, async () => {
        const pathOf: PublishOptions['pathOf'] = (digest) =>
          local.objectPath(digest).catch(() => Promise.reject(new DamagedFile(digest)));
        const { record: winner } = await remote.publish(kept, { ...options, pathOf, signal });
        if (winner.artifact.digest === kept.artifact.digest) return kept;
        // Somebody else's was there first: everybody goes on with it.
        return bring(local, winner, { ...backing, replace: true });
      });
      return agreed ?? kept;
    },
    broughtFrom: (key) => (origins.has(key) ? remote.name : undefined),
  };
}

export interface Bringing extends Pick<Backing, 'remote' | 'warn' | 'brought' | 'signal'> {
  /** It takes the place of a record that is here. */
  readonly replace: boolean;
}

/** @returns undefined where the remote has not all of it, or damaged */
export async function bring(local: Store, record: StageRecord, bringing: Bringing): Promise<StageRecord | undefined> {
  if (!(await bringObjects(local, record, bringing))) return undefined;
  await local.publish(record, { replace: bringing.replace });
  return local.lookup(record.key);
}

/** Brings what it names, and not itself. @returns whether all of it is here now */
export async function bringObjects(
  local: Store,
  record: StageRecord,
  { remote, warn, brought, signal }: Omit<Bringing, 'replace'>,
): Promise<boolean> {
  const files = [...new Map(record.artifact.files.map((file) => [file.digest, file])).values()];
  const folder = await local.makeStagingFolder();
  try {
    const received = await Promise.all(
      files.map(async (file, index) => {
        if (await isHere(local, file)) return 'here';
        return remote.receive(file, join(folder, String(index)), signal);
      }),
    );
    if (received.includes('damaged'))
      warn?.(`an object in ${remote.name} is damaged, and was not taken: the stage that makes it runs again`);
    if (received.some((each) => each === 'damaged' || each === 'missing')) return false;
    await local.putFolder(folder, record.artifact.kind);
    brought?.(record, bytesOf(files.filter((_, index) => received[index] === 'whole')));
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function bytesOf(files: readonly ArtifactFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function isHere(local: Store, { digest, bytes }: ArtifactFile): Promise<boolean> {
  try {
    return (await stat(await local.objectPath(digest))).size === bytes;
  } catch {
    return false;
  }
}

interface Care {
  whenReading<T>(work: () => Promise<T>): Promise<T | undefined>;
  whenWriting<T>(local: Store, work: () => Promise<T>): Promise<T | undefined>;
}

/** What the remote refuses becomes a warning, and an undefined. */
function careful({ remote, warn, signal }: Backing): Care {
  const told = new Set<string>();
  const rests = { reading: 0, writing: 0 };
  const tell = (message: string): void => {
    if (!told.has(message)) warn?.(message);
    told.add(message);
  };

  function rest(from: keyof typeof rests, error: RemoteError): void {
    const until = error.isLasting ? Infinity : performance.now() + REST_MS;
    rests[from] = until;
    // Who cannot write may still read; who is not reached is not reached by anybody.
    if (!error.isLasting) rests.reading = rests.writing = until;
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    tell(
      from === 'reading'
        ? `${error.message}${hint}: going on with what is here`
        : `${error.message}${hint}: what is made now is here only, until \`pipeline push\` brings it there`,
    );
  }

  return {
    async whenReading(work) {
      if (performance.now() < rests.reading) return undefined;
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || warn === undefined || !(error instanceof RemoteError)) throw error;
        rest('reading', error);
        return undefined;
      }
    },
    async whenWriting(local, work) {
      if (performance.now() < rests.writing) return undefined;
      try {
        return await work();
      } catch (error) {
        // The result is here already: whoever ends the run does not lose it.
        if (signal.aborted) return undefined;
        if (error instanceof DamagedFile) {
          tell(`${error.message}, and was not brought to ${remote.name}`);
          await local.discardDamaged(error.digest);
          return undefined;
        }
        if (!(error instanceof RemoteError)) throw error;
        rest('writing', error);
        return undefined;
      }
    },
  };
}

/** How long a remote that failed is left alone: every attempt takes its time limits. */
const REST_MS = 30_000;
