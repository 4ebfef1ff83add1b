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

/** Where an accuracy or a loss is looked for, the one on validation first. */
const sought = [
  ['validation.accuracy', 'validationAccuracy', 'accuracy'],
  ['validation.loss', 'validationLoss', 'loss'],
];

/** The two numbers that a person looks for first: an accuracy and a loss where there are such, else the first ones. */
export function headline(metrics: Metrics): string {
  const numbers = numberMetrics(metrics);
  const found = sought.flatMap((paths) => {
    const path = paths.find((each) => numbers.some((metric) => metric.path === each));
    return numbers.filter((metric) => metric.path === path);
  });
  return (found.length > 0 ? found : numbers.slice(0, 2))
    .map(({ path, value }) => `${spacedName(path.replaceAll('.', ' '))} ${formatFigure(path, value)}`)
    .join(', ');
}
