import { areaY, dot, gridY, line, pointer, ruleX, ruleY, text, tip } from '@observablehq/plot';
import type { JSX } from 'preact';
import { formatFigure } from '../../format.ts';
import type { Figure, ModelRow } from '../../page-data/models.ts';
import type { Role } from '../../page-data/roles.ts';
import { PlotFigure } from './plot-figure.tsx';
import { roleLooks } from './role-looks.ts';

interface AxisLinesProps {
  readonly rows: readonly ModelRow[];
  /** Of a sweep, with numbers: `temperature`. */
  readonly axis: string;
  /** `validation.accuracy` */
  readonly figure: string;
}

/** A figure of the models of a sweep over one of its axes, with the interval of each mean; those without the axis are level lines. */
export function AxisLines({ rows, axis, figure }: AxisLinesProps): JSX.Element {
  const points = rows.flatMap((row) => pointOf(row, axis, figure));
  const onAxis = points
    .flatMap((point) => (point.at === undefined ? [] : [{ ...point, at: point.at }]))
    .sort((a, b) => a.at - b.at);
  const level = points.filter(({ at }) => at === undefined);
  const values = [...new Set(onAxis.map(({ at }) => at))].sort((a, b) => a - b);
  const [first = 0, last = 1] = [values[0], values.at(-1)];
  const wide = first > 0 && last / first >= 8;
  const spread = onAxis.filter(({ half }) => half > 0);
  return (
    <PlotFigure
      label={`${spoken(figure)} by ${axis}: ${points
        .slice(0, 14)
        .map((point) => described(point, axis))
        .join('; ')}`}
      of={[rows, axis, figure]}
      options={(width) => ({
        height: Math.min(340, Math.max(230, width * 0.5)),
        ...{ marginLeft: 50, marginBottom: 40, marginRight: 86, marginTop: 24 },
        x: {
          ...{ type: wide ? 'log' : 'linear', domain: [first, last], ticks: values.length <= 12 ? values : 8 },
          ...{ label: axis, tickFormat: String, labelAnchor: 'center', labelArrow: 'none', inset: 10 },
        },
        y: {
          label: spoken(figure),
          nice: true,
          ticks: 6,
          tickFormat: isShare(figure) ? '.1%' : '~g',
          labelArrow: 'none',
        },
        marks: [
          gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 6 }),
          ruleY(level, {
            ...{ y: 'mean', stroke: ({ role }: AxisPoint) => roleLooks[role].colour, strokeWidth: 1.8 },
            strokeDasharray: '8 3',
          }),
          areaY(spread, {
            ...{ x: 'at', z: 'name', fill: ({ role }: AxisPoint) => roleLooks[role].colour, fillOpacity: 0.13 },
            y1: ({ mean, half }: AxisPoint) => mean - half,
            y2: ({ mean, half }: AxisPoint) => mean + half,
          }),
          ruleX(spread, {
            ...{ x: 'at', stroke: ({ role }: AxisPoint) => roleLooks[role].colour, strokeWidth: 1.3 },
            y1: ({ mean, half }: AxisPoint) => mean - half,
            y2: ({ mean, half }: AxisPoint) => mean + half,
          }),
          line(onAxis, {
            ...{
              x: 'at',
              y: 'mean',
              z: 'name',
              stroke: ({ role }: AxisPoint) => roleLooks[role].colour,
              strokeWidth: 2,
            },
            sort: 'at',
          }),
          ...(Object.keys(roleLooks) as Role[]).map((role) =>
            dot(
              onAxis.filter((point) => point.role === role),
              { ...{ x: 'at', y: 'mean', r: 4.5 }, fill: roleLooks[role].colour, symbol: roleLooks[role].symbol },
            ),
          ),
          text(apart([...level, ...onAxis.filter(({ at }) => at === last)], points), {
            ...{ y: 'mean', frameAnchor: 'right', dx: 6, textAnchor: 'start', text: 'name', fill: 'var(--ink)' },
          }),
          tip(
            onAxis,
            pointer({
              ...{ x: 'at', y: 'mean', fill: 'var(--paper)', stroke: 'var(--line)' },
              title: (point: AxisPoint) => described(point, axis),
            }),
          ),
        ],
      })}
    />
  );
}

interface AxisPoint extends Pick<ModelRow, 'role'> {
  /** With its values on other axes. */
  readonly name: string;
  readonly at?: number;
  readonly mean: number;
  /** 0 where there is no interval. */
  readonly half: number;
  readonly figure: string;
}

function pointOf({ model, role, axes, figures }: ModelRow, axis: string, figure: string): readonly AxisPoint[] {
  const found: Figure | undefined = figures[figure];
  if (found === undefined) return [];
  const { [axis]: at, ...others } = axes;
  const name = [model, ...Object.entries(others).map(([other, value]) => `${other} ${String(value)}`)].join(', ');
  const { mean, half = 0 } = found;
  return [{ name, role, mean, half, figure, ...(typeof at === 'number' ? { at } : {}) }];
}

/** What is named at the right, so far from each other that it can be read. */
function apart(named: readonly AxisPoint[], all: readonly AxisPoint[]): readonly AxisPoint[] {
  const ends = all.flatMap(({ mean, half }) => [mean - half, mean + half]);
  const distance = 0.055 * (Math.max(...ends) - Math.min(...ends));
  let above = Infinity;
  return [...named]
    .sort((a, b) => b.mean - a.mean)
    .map((point) => {
      above = Math.min(point.mean, above - distance);
      return { ...point, mean: above };
    });
}

/** Axes on which a line can be drawn: two numbers at least. */
export function numberAxes(rows: readonly ModelRow[]): readonly string[] {
  const axes = [...new Set(rows.flatMap((row) => Object.keys(row.axes)))];
  return axes.filter((axis) => {
    const values = rows.flatMap((row) => row.axes[axis] ?? []);
    return values.every((value) => typeof value === 'number') && new Set(values).size > 1;
  });
}

function described({ name, at, mean, half, figure }: AxisPoint, axis: string): string {
  const where = at === undefined ? '' : `, ${axis} ${at}`;
  const spread = half === 0 ? '' : ` ± ${formatFigure(figure, half)}`;
  return `${name}${where}: ${formatFigure(figure, mean)}${spread}`;
}

/** `validation.accuracy` -> `validation accuracy` */
function spoken(figure: string): string {
  return figure.replaceAll('.', ' ');
}

function isShare(figure: string): boolean {
  return formatFigure(figure, 0.5).endsWith('%');
}
