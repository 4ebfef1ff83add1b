import { dot, gridY, line, pointer, ruleX, text, tip } from '@observablehq/plot';
import type { JSX } from 'preact';
import { formatBytes, formatFigure } from '../../format.ts';
import type { Role } from '../../page-data/roles.ts';
import { PlotFigure } from './plot-figure.tsx';
import { roleLooks } from './role-looks.ts';

/** A model in the chart. */
export interface SizedPoint {
  readonly name: string;
  readonly role: Role;
  /** Of its weights. */
  readonly bytes: number;
  readonly accuracy: number;
  /** Half the width of its interval. */
  readonly half?: number | undefined;
  /** No other beats it in both. */
  readonly frontier: boolean;
  /** More to say of it, a line each. */
  readonly more: readonly string[];
}

interface SizeScatterProps {
  readonly points: readonly SizedPoint[];
}

/** Accuracy against the bytes of the weights, with the line of those that no other beats in both. */
export function SizeScatter({ points }: SizeScatterProps): JSX.Element {
  const frontier = points.filter((point) => point.frontier).sort((a, b) => a.bytes - b.bytes);
  const [least, most] = [Math.min(...points.map(({ bytes }) => bytes)), Math.max(...points.map(({ bytes }) => bytes))];
  const wide = most / least;
  return (
    <PlotFigure
      label={`validation accuracy by bytes: ${points.slice(0, 12).map(described).join('; ')}`}
      of={[points]}
      options={(width) => ({
        height: Math.min(360, Math.max(240, width * 0.5)),
        ...{ marginLeft: 50, marginBottom: 40, marginRight: 30, marginTop: 24 },
        x: {
          ...{
            type: 'log',
            domain: [least / (1.08 * wide ** 0.1), most * 1.25 * wide ** 0.42],
            label: 'size of the weights',
          },
          ...{ tickFormat: formatBytes, ticks: sizeTicks(least, most), labelAnchor: 'center', labelArrow: 'none' },
        },
        y: { label: 'validation accuracy', tickFormat: '.1%', nice: true, ticks: 6, inset: 12, labelArrow: 'none' },
        marks: [
          gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 6 }),
          line(frontier, {
            x: 'bytes',
            y: 'accuracy',
            stroke: 'var(--soft)',
            strokeDasharray: '4 4',
            curve: 'step-after',
          }),
          ruleX(
            points.filter(({ half }) => half !== undefined),
            {
              x: 'bytes',
              y1: ({ accuracy, half = 0 }: SizedPoint) => accuracy - half,
              y2: ({ accuracy, half = 0 }: SizedPoint) => accuracy + half,
              ...{ stroke: ({ role }: SizedPoint) => roleLooks[role].colour, strokeWidth: 1.5 },
            },
          ),
          ...(Object.keys(roleLooks) as Role[]).map((role) =>
            dot(
              points.filter((point) => point.role === role),
              {
                ...{ x: 'bytes', y: 'accuracy', r: 6, strokeWidth: 2, symbol: roleLooks[role].symbol },
                fill: ({ frontier: isBest }: SizedPoint) => (isBest ? roleLooks[role].colour : 'var(--paper)'),
                stroke: roleLooks[role].colour,
              },
            ),
          ),
          text(named(points), {
            ...{ x: 'bytes', y: 'accuracy', dx: 11, textAnchor: 'start', text: 'name', fill: 'var(--ink)' },
            // So that no line goes through it.
            ...{ stroke: 'var(--paper)', strokeWidth: 4 },
          }),
          tip(
            points,
            pointer({
              ...{ x: 'bytes', y: 'accuracy', fill: 'var(--paper)', stroke: 'var(--line)' },
              title: (point: SizedPoint) => [described(point), ...point.more].join('\n'),
            }),
          ),
        ],
      })}
    />
  );
}

/** Of many of one size only those that stand out, so far from each other that they can be read. */
function named(points: readonly SizedPoint[]): readonly SizedPoint[] {
  const ends = points.flatMap(({ accuracy, half = 0 }) => [accuracy - half, accuracy + half]);
  const distance = 0.055 * (Math.max(...ends) - Math.min(...ends));
  const placed: SizedPoint[] = [];
  for (const point of [...points].sort((a, b) => b.accuracy - a.accuracy)) {
    const alike = points.filter(({ bytes }) => Math.abs(Math.log(bytes / point.bytes)) < 0.3);
    if (alike.length > 3 && !point.frontier && point.role === 'student') continue;
    const above = placed.filter((other) => alike.some(({ name }) => name === other.name)).at(-1)?.accuracy ?? Infinity;
    placed.push({ ...point, accuracy: Math.min(point.accuracy, above - distance) });
  }
  return placed;
}

function described({ name, bytes, accuracy, half }: SizedPoint): string {
  const spread = half === undefined ? '' : ` ± ${formatFigure('accuracy', half)}`;
  return `${name}: ${formatFigure('accuracy', accuracy)}${spread}, ${formatBytes(bytes)}`;
}

/** Powers of four of a KiB, as many as there is room for. */
function sizeTicks(least: number, most: number): readonly number[] {
  const all = Array.from({ length: 24 }, (_, step) => 4 ** (step - 2) * 1024);
  const inside = all.filter((size) => size > least / 1.7 && size < most * 2.7);
  return inside.length > 1 ? inside : [least, most];
}
