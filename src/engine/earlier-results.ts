import { groupBy } from '../base/group-by.ts';
import type { StageId, StageKey } from '../core/ids.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { RecordHead, Store } from '../core/store.ts';
import { type NearRecord, nearestRecord } from '../fingerprint/nearest-record.ts';

/** A stage as its earlier results are asked for. */
export interface AskedStage {
  readonly id: StageId;
  readonly type: string;
}

/** What the store holds of earlier runs, for why a stage runs and how long it may take: one rule for `plan`, `why` and the run. */
export interface EarlierResults {
  /** The record under the key, whatever became of its objects. */
  of(key: StageKey): Promise<StageRecord | undefined>;
  /** The one that differs least, of another key. */
  nearest(
    stage: AskedStage,
    asked: { readonly key: StageKey; readonly preimage: Preimage },
  ): Promise<NearRecord | undefined>;
  /** The newest one, in a few words. */
  latest(stage: AskedStage): Promise<RecordHead | undefined>;
}

/**
 * A stage is compared with its own earlier results, which is what a person means by "what changed"; where it has none (it is new,
 * or was renamed), with all of its stage type. Reads only the records that it compares.
 */
export function earlierResults(store: Store, pipeline: string): EarlierResults {
  let reading: Promise<HeadIndex> | undefined;
  const records = new Map<StageKey, Promise<StageRecord | undefined>>();
  return { of: read, nearest, latest };

  async function nearest(stage: AskedStage, { key, preimage }: { key: StageKey; preimage: Preimage }) {
    const found = await Promise.all((await candidates(stage, key)).map((head) => read(head.key)));
    return nearestRecord(
      found.filter((record) => record !== undefined),
      preimage,
    );
  }

  async function latest(stage: AskedStage): Promise<RecordHead | undefined> {
    return (await candidates(stage))[0];
  }

  /** The first that there are of: its own, its own from when it had another type, all of its type. Newest first. */
  async function candidates({ id, type }: AskedStage, except?: StageKey): Promise<readonly RecordHead[]> {
    const { byMaker, byStage, byType } = await (reading ??= indexHeads(store));
    for (const heads of [byMaker.get(name(pipeline, id, type)), byStage.get(name(pipeline, id)), byType.get(type)]) {
      const others = heads?.slice(0, MOST_COMPARED + 1).filter(({ key }) => key !== except) ?? [];
      if (others.length > 0) return others.slice(0, MOST_COMPARED);
    }
    return [];
  }

  function read(key: StageKey): Promise<StageRecord | undefined> {
    const known = records.get(key) ?? store.record(key);
    records.set(key, known);
    return known;
  }
}

/** Comparing thousands of misses with thousands of records would take minutes; the newest ones are what a person remembers. */
const MOST_COMPARED = 64;

interface HeadIndex {
  readonly byMaker: ReadonlyMap<string, readonly RecordHead[]>;
  readonly byStage: ReadonlyMap<string, readonly RecordHead[]>;
  readonly byType: ReadonlyMap<string, readonly RecordHead[]>;
}

async function indexHeads(store: Store): Promise<HeadIndex> {
  const heads = [...(await store.heads())];
  heads.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
  return {
    byMaker: groupBy(heads, ({ type, madeBy }) => name(madeBy.pipeline, madeBy.stage, type)),
    byStage: groupBy(heads, ({ madeBy }) => name(madeBy.pipeline, madeBy.stage)),
    byType: groupBy(heads, ({ type }) => type),
  };
}

function name(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
