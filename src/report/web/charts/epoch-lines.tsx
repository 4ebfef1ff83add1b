import { dot, gridY, line, pointer, text, tip, type Markish } from '@observablehq/plot';
import type { JSX } from 'preact';
import type { LearningCurve } from '../../page-data/curves.ts';
import { rankOf } from '../../page-data/roles.ts';
import { formatFigure, spacedName } from '../../format.ts';
import { PlotFigure } from './plot-figure.tsx';
import { roleLooks } from './role-looks.ts';

/** A training as one line of a chart. */
export interface EpochLine {
  readonly name: string;
  /** As CSS has it. */
  readonly colour: string;
  /** As SVG has it, so that lines differ by more than colour. */
  readonly dash?: string;
  readonly curve: LearningCurve;
}

/** Teacher, student and baseline as they look everywhere. */
export function linesByRole(curves: readonly LearningCurve[]): readonly EpochLine[] {
  return curves.map((curve) => ({ name: curve.stage, ...roleLooks[curve.role], curve }));
}

interface EpochLinesProps {
  readonly lines: readonly EpochLine[];
  /** `validationAccuracy`, `loss` */
  readonly figure: string;
}

/** A figure of several trainings over their epochs, as they grow. */
export function EpochLines({ lines, figure }: EpochLinesProps): JSX.Element {
  const points = lines.flatMap(({ name, curve }) =>
    curve.epochs.flatMap((figures) => {
      const [epoch, value] = [figures['epoch'], figures[figure]];
      return epoch === undefined || value === undefined ? [] : [{ name, epoch, value }];
    }),
  );
  const title = spacedName(figure);
  const last = Math.max(1, ...points.map(({ epoch }) => epoch));
  const isShare = /accuracy/i.test(figure);
  const many = lines.length > 12;
  const few = lines.length <= 4 && new Set(lines.map(({ curve }) => curve.role)).size === lines.length;
  const marks = lines.flatMap(({ name, colour, dash }): Markish[] => {
    const own = points.filter((point) => point.name === name);
    const common = { x: 'epoch', y: 'value', stroke: colour };
    return [
      line(own, {
        ...common,
        strokeWidth: many ? 1.2 : 2,
        strokeOpacity: many ? 0.6 : 1,
        ...(dash === undefined ? {} : { strokeDasharray: dash }),
      }),
      // A line of one epoch is not seen.
      dot(own.length === 1 || !many ? own.slice(-1) : [], { ...common, fill: colour, r: 3 }),
    ];
  });
  return (
    <PlotFigure
      label={`${title} over epochs: ${described(lines, figure)}`}
      of={[lines, figure]}
      options={(width) => ({
        height: Math.min(300, Math.max(200, width * 0.5)),
        marginLeft: 46,
        marginBottom: 38,
        marginRight: few ? 70 : 20,
        x: {
          label: 'epoch',
          domain: [1, Math.max(2, last)],
          ticks: wholeTicks(last, width / 60),
          tickFormat: 'd',
        },
        y: { label: null, nice: true, ...(isShare ? { tickFormat: '~%' } : {}) },
        marks: [
          gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
          ...marks,
          ...(few
            ? [text(ends(points, lines), { x: 'epoch', y: 'value', dx: 9, textAnchor: 'start', text: 'name' })]
            : []),
          tip(
            points,
            pointer({
              x: 'epoch',
              y: 'value',
              title: ({ name, epoch, value }: (typeof points)[number]) =>
                `${name}\nepoch ${epoch}: ${formatFigure(figure, value)}`,
              fill: 'var(--paper)',
              stroke: 'var(--line)',
            }),
          ),
        ],
      })}
    />
  );
}

interface Point {
  readonly name: string;
  readonly epoch: number;
  readonly value: number;
}

/** What stands at the end of each line: who it is, so far from each other that they can be read. */
function ends(points: readonly Point[], lines: readonly EpochLine[]): readonly Point[] {
  const values = points.map(({ value }) => value);
  const apart = 0.07 * (Math.max(...values) - Math.min(...values));
  const last = lines.flatMap(({ name, curve: { role } }) => {
    const end = points.filter((point) => point.name === name).at(-1);
    return end === undefined ? [] : [{ ...end, name: role === 'other' ? name : role }];
  });
  const placed: Point[] = [];
  for (const end of last.sort((a, b) => b.value - a.value)) {
    const above = placed.filter(({ epoch }) => epoch === end.epoch).at(-1)?.value ?? Infinity;
    placed.push({ ...end, value: Math.min(end.value, above - apart) });
  }
  return placed;
}

/** Whole epochs, so many at most. */
function wholeTicks(last: number, most: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => last / each <= most) ?? Math.ceil(last / most);
  return Array.from({ length: Math.floor(last / step) }, (_, index) => (index + 1) * step);
}

/** What the lines came to, for those who do not see them. */
function described(lines: readonly EpochLine[], figure: string): string {
  const told = lines.slice(0, 12).flatMap(({ name, curve }) => {
    const value = curve.epochs.at(-1)?.[figure];
    return value === undefined ? [] : [`${name} ${formatFigure(figure, value)} after ${curve.epochs.length}`];
  });
  return told.length === 0 ? 'nothing yet' : told.join(', ');
}

interface LegendProps {
  readonly lines: readonly Pick<EpochLine, 'name' | 'colour' | 'dash'>[];
}

export function Legend({ lines }: LegendProps): JSX.Element {
  return (
    <ul class="legend">
      {lines.map(({ name, colour, dash }) => (
        <li key={name}>
          <svg viewBox="0 0 26 10" aria-hidden="true">
            <line x1="0" x2="26" y1="5" y2="5" stroke={colour} stroke-width="2.5" stroke-dasharray={dash} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** One entry a stage; of a sweep, one a role. */
export function legendOf(lines: readonly EpochLine[]): LegendProps['lines'] {
  if (lines.length <= 8) return lines;
  const roles = [...new Set(lines.map(({ curve }) => curve.role))].sort((a, b) => rankOf(a) - rankOf(b));
  return roles.map((role) => {
    const own = lines.filter(({ curve }) => curve.role === role);
    const [first, ...others] = own;
    return { ...roleLooks[role], name: others.length === 0 ? (first?.name ?? role) : `${role} ×${own.length}` };
  });
}
