import { isJsonObject, type JsonValue } from '../base/json.ts';
import { formatFigure, spacedName } from './format.ts';

export type Metrics = Readonly<Record<string, JsonValue>>;

export interface NumberMetric {
  /** The way into the metrics: `student.validation.accuracy`. */
  readonly path: string;
  readonly value: number;
}

/** Every number in the metrics, by its path; lists (per-class figures, curves) are left out. */
export function numberMetrics(metrics: Metrics, prefix = ''): NumberMetric[] {
  return Object.entries(metrics).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof value === 'number') return [{ path, value }];
    return isJsonObject(value) ? numberMetrics(value, path) : [];
  });
}

/** The few numbers that a person looks for first: accuracies, then losses, then the rest as they come. */
export function headline(metrics: Metrics, count = 2): string {
  return numberMetrics(metrics)
    .map((metric, index) => ({ ...metric, rank: rank(metric.path) * 1000 + index }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ path, value }) => `${spacedName(path.replaceAll('.', ' '))} ${formatFigure(path, value)}`)
    .join(', ');
}

function rank(path: string): number {
  const name = path.toLowerCase();
  if (name.endsWith('accuracy')) return name.includes('validation') ? 0 : 1;
  return name.endsWith('loss') ? 2 : 3;
}
