/**
 * The artifact of an evaluation: evaluation.json,
 * { format, models: { student: { parameters, bytes, splits: { test: { count, accuracy, loss, errors, perClass, confusion, … } } } } }.
 */
import type { JsonObject } from '../../base/json.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { jsonBytes } from './json-file.ts';

const FORMAT = 'distill-pipeline/evaluation@1';

export async function writeEvaluation(
  context: Pick<StageContext, 'write'>,
  models: Readonly<Record<string, JsonObject>>,
): Promise<void> {
  await context.write('evaluation.json', jsonBytes({ format: FORMAT, models }));
}
