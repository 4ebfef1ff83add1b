import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { StageCheck } from '../../core/stage-type.ts';
import type { QuantizedType } from '../../distill/layers-model/quantize.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';

export interface ExportOptions {
  readonly quantization: QuantizedType | 'none';
  /** The parts of the data set on which the model is measured before and after. */
  readonly splits: readonly SplitName[];
  readonly batchSize: number;
  /** Whether a page that runs the model lies beside it. */
  readonly page: boolean;
}

export function parseExport(options: JsonObject): ExportOptions {
  return options as unknown as ExportOptions;
}

export function checkExport(_: JsonObject, inputs: Readonly<Record<string, ArtifactFacts | undefined>>): StageCheck {
  return { problems: modelFitProblems(inputs, ['model']) };
}
