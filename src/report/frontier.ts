/** Models of a run by bytes and accuracy, and which of them no other beats in both. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { groupBy } from '../base/group-by.ts';
import { formatFigure } from './format.ts';
import type { Metrics } from './metrics-text.ts';
import type { TableContent } from './table.ts';

interface MeasuredStage {
  readonly id: string;
  /** Of its artifact. */
  readonly kind: string | undefined;
  readonly metrics: Metrics;
}

interface SizedModel {
  /** With its axes, but for the replicate. */
  readonly name: string;
  /** Of its weights. */
  readonly bytes: number;
  /** On validation images: sizes are chosen by it, and test images are not for choosing. */
  readonly accuracy: number;
}

/**
 * Replicates of a model are one row with their mean, since the best of several seeds would only look like a better model.
 * @returns undefined where there are no models of two sizes
 */
export function frontierTable(stages: readonly MeasuredStage[]): TableContent | undefined {
  const measured = onceEach(stages.flatMap(modelsOf));
  const groups = [...groupBy(measured, ({ name, bytes }) => `${name} ${bytes}`).values()];
  const models = groups.map((same) => ({
    name: same[0]?.name ?? '',
    bytes: same[0]?.bytes ?? 0,
    accuracy: same.reduce((sum, { accuracy }) => sum + accuracy, 0) / same.length,
    count: same.length,
  }));
  if (new Set(models.map(({ bytes }) => bytes)).size < 2) return undefined;
  const rows = models
    .sort((a, b) => a.bytes - b.bytes || b.accuracy - a.accuracy)
    .map((model) => [
      model.name,
      formatFigure('bytes', model.bytes),
      formatFigure('accuracy', model.accuracy),
      String(model.count),
      models.some((other) => beats(other, model)) ? '' : '*',
    ]);
  return { head: ['model', 'bytes', 'validation accuracy', 'measured', 'frontier'], rows, right: [1, 2, 3] };
}

/** A teacher that each variant is compared with is one model. */
function onceEach(models: readonly SizedModel[]): readonly SizedModel[] {
  const byName = groupBy(models, ({ name }) => bareName(name));
  return [...byName].flatMap(([name, same]) => {
    const [first] = same;
    const one = same.every(({ bytes, accuracy }) => bytes === first?.bytes && accuracy === first.accuracy);
    return one && first !== undefined ? [{ ...first, name }] : same;
  });
}

function bareName(name: string): string {
  return name.split('@')[0] ?? name;
}

function beats(other: SizedModel, model: SizedModel): boolean {
  const better = other.bytes < model.bytes || other.accuracy > model.accuracy;
  return better && other.bytes <= model.bytes && other.accuracy >= model.accuracy;
}

/** Those of an evaluation by their names, and the one of an export by its stage's. */
function modelsOf({ id, kind, metrics }: MeasuredStage): readonly SizedModel[] {
  if (kind === 'layers-model') return sized(withoutReplicate(id), metrics);
  if (kind !== 'evaluation') return [];
  const axes = id.includes('@') ? id.slice(id.indexOf('@')) : '';
  return Object.entries(metrics).flatMap(([name, figures]) => sized(withoutReplicate(`${name}${axes}`), figures));
}

function sized(name: string, figures: JsonValue | Metrics): readonly SizedModel[] {
  if (!isJsonObject(figures)) return [];
  const { bytes, validation } = figures;
  const accuracy = isJsonObject(validation) ? validation['accuracy'] : undefined;
  return typeof bytes === 'number' && typeof accuracy === 'number' ? [{ name, bytes, accuracy }] : [];
}

function withoutReplicate(name: string): string {
  const [stage = '', axes = ''] = name.split(/@(.*)/s);
  const kept = axes.split(',').filter((axis) => axis !== '' && !axis.startsWith('replicate='));
  return kept.length === 0 ? stage : `${stage}@${kept.join(',')}`;
}
