import { isJsonObject } from '../../base/json.ts';
import type { VariantAxes } from '../../core/pipeline-spec.ts';
import { inputAxes, slotName } from '../../core/stage-type.ts';
import { numberMetrics, type Metrics } from '../metrics-text.ts';

/** What was measured of one thing: of a stage, or of a model that a stage evaluated. */
export interface Measured {
  readonly model?: string;
  /** Of the stage, and of the model where the stage gathers several. */
  readonly axes: VariantAxes;
  /** By path. */
  readonly figures: ReadonlyMap<string, number>;
}

export interface MeasuredStage {
  readonly axes: VariantAxes;
  readonly metrics: Metrics;
  /** Its metrics are models' by name. */
  readonly isEvaluation: boolean;
}

export function measuredIn(stages: readonly MeasuredStage[]): readonly Measured[] {
  return stages.flatMap(({ axes, metrics, isEvaluation }): readonly Measured[] => {
    if (!isEvaluation) return [{ axes, figures: figuresIn(metrics) }];
    return Object.entries(metrics).flatMap(([name, figures]) => {
      if (!isJsonObject(figures)) return [];
      const { model, axes: gathered } = gatheredModel(name);
      return [{ model, axes: { ...axes, ...gathered }, figures: figuresIn(figures) }];
    });
  });
}

/** `student@temperature=4,width=128`, as slots that gather name what they are given. */
function gatheredModel(name: string): { model: string; axes: VariantAxes } {
  const axes = inputAxes(name).map(([axis, label]) => [axis, asValue(label)] as const);
  return { model: slotName(name), axes: Object.fromEntries(axes) };
}

function asValue(label: string): string | number {
  return label !== '' && String(Number(label)) === label ? Number(label) : label;
}

function figuresIn(metrics: Metrics): ReadonlyMap<string, number> {
  return new Map(numberMetrics(metrics).map(({ path, value }) => [path, value]));
}
