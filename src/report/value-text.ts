import type { JsonValue } from '../base/json.ts';
import { formatFigure, oneLine } from './format.ts';

/** A parameter as it was written, a number of a stage as a figure; empty where there is none. */
export function valueText(name: string, value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return oneLine(value);
  if (typeof value === 'number' && !name.startsWith('params.')) return formatFigure(name, value);
  return oneLine(JSON.stringify(value));
}
