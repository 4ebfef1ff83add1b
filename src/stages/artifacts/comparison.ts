/**
 * The artifact of a comparison: comparison.json, { format, against, confidence, …, groups, comparisons, words, notes }; see
 * docs/comparison.md.
 */
import type { JsonObject } from '../../base/json.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { jsonBytes } from './json-file.ts';

const FORMAT = 'distill-pipeline/comparison@1';

export async function writeComparison(context: Pick<StageContext, 'write'>, comparison: JsonObject): Promise<void> {
  await context.write('comparison.json', jsonBytes({ format: FORMAT, ...comparison }));
}
