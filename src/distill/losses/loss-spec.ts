/** Losses as they are written in YAML. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonValue } from '../../base/json.ts';

export type LossSpec =
  /** Cross-entropy with the labels; what a stage without `distillation` does. */
  | { readonly method: 'hardLabels' }
  /** Cross-entropy with the teacher's softmax at `temperature`; the student's own stays at 1. */
  | { readonly method: 'softTargets'; readonly temperature: number }
  /** (1 − alpha) · cross-entropy with the labels + alpha · temperature² · KL(teacher ‖ student), both at `temperature`. */
  | { readonly method: 'hinton'; readonly temperature: number; readonly alpha: number };

export type LossMethod = LossSpec['method'];

const defaults: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  hardLabels: {},
  softTargets: { temperature: 1 },
  hinton: { temperature: 4, alpha: 0.9 },
} satisfies Record<LossMethod, Readonly<Record<string, number>>>;

/** `distillation:` with its method's defaults written out; what it does not understand stays as it is. */
export function normalizeDistillation(distillation: JsonValue): JsonValue {
  if (typeof distillation === 'string') return normalizeDistillation({ method: distillation });
  if (!isJsonObject(distillation)) return distillation;
  const { method = 'hinton' } = distillation;
  if (typeof method !== 'string') return distillation;
  return { method, ...defaults[method], ...distillation };
}

/** @param distillation of {@link normalizeDistillation}, accepted by the schema; undefined for labels alone */
export function parseLoss(distillation: JsonValue | undefined): LossSpec {
  return distillation === undefined ? { method: 'hardLabels' } : (distillation as unknown as LossSpec);
}

/** Whether training needs the teacher's logits. */
export function needsTeacher({ method }: LossSpec): boolean {
  return method !== 'hardLabels';
}
