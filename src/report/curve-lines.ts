import { formatFigure, spacedName } from './format.ts';
import type { LearningCurve } from './page-data/curves.ts';
import { sparkline } from './sparkline.ts';
import type { TableContent } from './table.ts';

/** Trainings epoch by epoch: a line for the loss, and one for the accuracy on validation where there is one. */
export function curveTable(curves: readonly LearningCurve[]): TableContent | undefined {
  const rows = curves.slice(0, MOST_CURVES).flatMap(({ stage, epochs }) => {
    if (epochs.length < 2) return [];
    return shownFigures(epochs).map((name, index) => {
      const values = epochs.flatMap((epoch) => epoch[name] ?? []);
      const [first = NaN, last = NaN] = [values[0], values.at(-1)];
      return [
        index === 0 ? stage : '',
        spacedName(name),
        sparkline(values, WIDTH),
        `${formatFigure(name, first)} -> ${formatFigure(name, last)}`,
        index === 0 ? String(epochs.length) : '',
      ];
    });
  });
  return rows.length === 0 ? undefined : { head: ['training', 'figure', 'by epoch', '', 'epochs'], rows, right: [4] };
}

const WIDTH = 24;
/** Of a sweep, as many as a screen has room for. */
const MOST_CURVES = 12;

function shownFigures(epochs: LearningCurve['epochs']): readonly string[] {
  const has = (name: string): boolean => epochs.some((epoch) => epoch[name] !== undefined);
  const choices = [['loss'], ['validationLoss'], ['validationAccuracy', 'accuracy']];
  return choices.flatMap((names) => names.find(has) ?? []);
}
