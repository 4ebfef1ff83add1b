import type { Digest } from '../base/hash.ts';
import type { StageType } from '../core/stage-type.ts';
import type { Store } from '../core/store.ts';

/** Checkpoints of a stage, which goes on elsewhere when this machine is lost. */
export interface SharedCheckpoints {
  /** Before the stage goes on from what is here. */
  beginning(): Promise<void>;
  /** Another one is here. Who trains is not kept waiting. */
  saved(): void;
  /** When the promise is kept, the furthest one is elsewhere, and nothing is on its way any more. */
  ended(): Promise<void>;
}

export interface Sharing {
  readonly resumeKey: Digest;
  /** It runs again whatever the store holds: it begins from nothing, and only what it ends with is shared. */
  readonly isAfresh: boolean;
  /** Milliseconds from one that is sent to the next, at least. */
  readonly pause?: number;
}

/** Only the program's own types are known to save none where they do not say so; commands never do. */
export function mayHaveCheckpoints(type: StageType): boolean {
  return type.resumableOptions !== undefined || type.plugin !== undefined;
}

export function shareCheckpoints(store: Store, sharing: Sharing): SharedCheckpoints {
  const { resumeKey, isAfresh, pause = PAUSE_MS } = sharing;
  let sentAt = -Infinity;
  let sending: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isSaved = false;

  function send(): void {
    timer = undefined;
    sentAt = performance.now();
    sending = Promise.all([sending, store.sendCheckpoint?.(resumeKey)]);
    // It is thrown at the end, where somebody waits for it.
    sending.catch(() => undefined);
  }

  return {
    async beginning() {
      if (!isAfresh) await store.fetchCheckpoint?.(resumeKey);
    },
    saved() {
      isSaved = true;
      if (isAfresh || timer !== undefined) return;
      const wait = sentAt + pause - performance.now();
      if (wait <= 0) send();
      else timer = setTimeout(send, wait);
    },
    async ended() {
      clearTimeout(timer);
      if (isSaved) send();
      await sending;
    },
  };
}

/** What a lost machine costs at most, beside an epoch. Epochs may take less than a second, and each that is sent costs a few requests. */
const PAUSE_MS = 10_000;
