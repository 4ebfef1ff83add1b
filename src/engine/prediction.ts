import type { JsonObject } from '../base/json.ts';
import { artifactBytes } from '../core/artifact.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { StageType } from '../core/stage-type.ts';
import { resumeKey } from '../fingerprint/resume-key.ts';
import type { EarlierResults } from './earlier-results.ts';
import type { KeyedStage } from './keyed-stage.ts';
import type { MissReason } from './miss-reason.ts';

/** What a stage may take, going by an earlier result. */
export interface Prediction {
  readonly seconds: number;
  /** What it would add to the store, if none of it is there already. */
  readonly bytes: number;
}

/** For a stage that will run: from the result that it is compared with. Undefined where nothing like it ever ran. */
export async function predictMiss(
  earlier: EarlierResults,
  keyed: KeyedStage,
  reason: MissReason,
): Promise<Prediction | undefined> {
  const { type, preimage } = keyed;
  const before = await resultToGoBy(earlier, keyed, reason);
  if (before?.preimage.type.name !== type.name) return undefined;
  const effort = relativeEffort(type, before, preimage.options);
  // It goes on from the state that the earlier one ended with.
  const done = effort > 1 && reason.kind === 'changed' && isExtended(keyed, before) ? 1 : 0;
  return { seconds: before.seconds * (effort - done), bytes: artifactBytes(before.artifact) };
}

/** For a stage whose inputs are not known yet: from its newest earlier result. */
export async function predictUnknown(
  earlier: EarlierResults,
  spec: StageSpec,
  type: StageType | undefined,
): Promise<Prediction | undefined> {
  const before = await earlier.latest(spec);
  if (type === undefined || before?.type !== type.name) return undefined;
  const { seconds, bytes } = before;
  // Thousands may be unknown: a record is read only where its options say something.
  const record = type.effort === undefined ? undefined : await earlier.of(before.key);
  if (record === undefined) return { seconds, bytes };
  const options = type.keyOptions?.(spec.options) ?? spec.options;
  return { seconds: seconds * relativeEffort(type, record, options), bytes };
}

async function resultToGoBy(
  earlier: EarlierResults,
  { spec, key, preimage }: KeyedStage,
  reason: MissReason,
): Promise<StageRecord | undefined> {
  switch (reason.kind) {
    case 'changed':
    case 'result-gone':
      return reason.before;
    case 'forced':
    case 'uncached':
      return (await earlier.of(key)) ?? (await earlier.nearest(spec, { key, preimage }))?.record;
    case 'never-ran':
      return undefined;
  }
}

/** 1 where the type says nothing of it, or it cannot be compared. */
function relativeEffort(type: StageType, before: StageRecord, options: JsonObject): number {
  const [was, is] = [type.effort?.(before.preimage.options), type.effort?.(options)];
  const ratio = (is ?? 1) / (was ?? 1);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

/** Whether it has the checkpoints of the earlier one. */
function isExtended({ type, preimage }: KeyedStage, before: StageRecord): boolean {
  if (type.resumableOptions?.(preimage.options) === undefined) return false;
  return resumeKey(type, preimage, preimage.options) === resumeKey(type, before.preimage, before.preimage.options);
}
