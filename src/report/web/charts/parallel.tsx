import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatBytes, formatFigure } from '../../format.ts';
import { useWidth } from './use-width.ts';

/** A line across all dimensions. */
export interface ParallelRow {
  readonly name: string;
  /** As CSS has it. */
  readonly colour: string;
  readonly dash?: string | undefined;
  /** By dimension. */
  readonly values: Readonly<Record<string, number | string | undefined>>;
}

interface ParallelProps {
  readonly rows: readonly ParallelRow[];
  readonly dimensions: readonly string[];
  /** What a screen reader says of it; the table beside it has the numbers. */
  readonly label: string;
  readonly chosen?: string | undefined;
  readonly choose?: (name: string | undefined) => void;
}

const [HEIGHT, TOP, BOTTOM] = [320, 44, 20];

/** Parallel coordinates: an axis a dimension, a line a model; what was set stands left of what came of it. */
export function Parallel({ rows, dimensions, label, chosen, choose }: ParallelProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const [under, setUnder] = useState<string>();
  // Where there is no room for them, the drawing scrolls.
  const width = Math.max(room, 96 * dimensions.length);
  const gap = dimensions.length < 2 ? 0 : (width - 140) / (dimensions.length - 1);
  const axes = dimensions.map((dimension, index) => ({
    dimension,
    x: 50 + index * gap,
    ...scaleOf(rows.map(({ values }) => values[dimension])),
  }));
  const seen = under ?? chosen;
  const ordered = [...rows].sort((a, b) => Number(a.name === seen) - Number(b.name === seen));
  return (
    <div class="parallel" ref={frame} role="img" aria-label={label} tabIndex={0}>
      {room === 0 ? null : (
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
          {ordered.map(({ name, colour, dash, values }) => {
            const points = axes.flatMap(({ dimension, x, at }) => {
              const value = values[dimension];
              return value === undefined ? [] : [[x, TOP + (1 - at(value)) * (HEIGHT - TOP - BOTTOM)] as const];
            });
            const path = points
              .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
              .join('');
            return (
              <g
                key={name}
                class={`parallel-row ${seen === undefined ? '' : name === seen ? 'seen' : 'faint'}`}
                onPointerEnter={() => {
                  setUnder(name);
                }}
                onPointerLeave={() => {
                  setUnder(undefined);
                }}
                onClick={() => {
                  choose?.(name === chosen ? undefined : name);
                }}
              >
                <path class="parallel-hit" d={path} />
                <path d={path} stroke={colour} stroke-dasharray={dash} />
                {points.map(([x, y]) => (
                  <circle key={x} cx={x} cy={y} r={3} fill={colour} />
                ))}
                <title>{name}</title>
              </g>
            );
          })}
          {axes.map(({ dimension, x, ticks, at }) => (
            <g key={dimension} transform={`translate(${x} 0)`}>
              <line y1={TOP} y2={HEIGHT - BOTTOM} stroke="var(--soft)" />
              {spoken(dimension).map((word, index, all) => (
                <text
                  key={index}
                  y={TOP - 14 - 14 * (all.length - 1 - index)}
                  text-anchor="middle"
                  class="parallel-name"
                >
                  {word}
                </text>
              ))}
              {ticks.map((tick) => (
                <text
                  key={String(tick)}
                  x={7}
                  y={TOP + (1 - at(tick)) * (HEIGHT - TOP - BOTTOM) + 4}
                  class="parallel-tick"
                >
                  {told(dimension, tick)}
                </text>
              ))}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

interface Scale {
  /** 0 at the bottom, 1 at the top. */
  readonly at: (value: number | string) => number;
  readonly ticks: readonly (number | string)[];
}

/** Numbers by their size, on a logarithm where they span much; texts, and few numbers, evenly. */
function scaleOf(values: readonly (number | string | undefined)[]): Scale {
  const told = values.filter((value) => value !== undefined);
  const numbers = told.filter((value): value is number => typeof value === 'number');
  if (numbers.length < told.length || told.length === 0) return evenly([...new Set(told.map(String))].sort());
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const [low = 0, high = 1] = [distinct[0], distinct.at(-1)];
  if (low === high) return { at: () => 0.5, ticks: [low] };
  const isWide = low > 0 && high / low >= 20;
  const [from, to] = isWide ? [Math.log(low), Math.log(high)] : [low, high];
  const ticks =
    distinct.length <= 5
      ? distinct
      : Array.from({ length: 5 }, (_, step) => back(from + ((to - from) * step) / 4, isWide));
  return { at: (value) => ((isWide ? Math.log(Number(value)) : Number(value)) - from) / (to - from), ticks };
}

function back(value: number, isWide: boolean): number {
  return isWide ? Math.exp(value) : value;
}

function evenly(names: readonly string[]): Scale {
  return { at: (value) => (names.length < 2 ? 0.5 : names.indexOf(String(value)) / (names.length - 1)), ticks: names };
}

/** In two lines at most. */
function spoken(dimension: string): readonly string[] {
  const [first = '', ...others] = dimension.split('.');
  return others.length === 0 ? [first] : [first, others.join(' ')];
}

function told(dimension: string, value: number | string): string {
  if (typeof value === 'string') return value.length > 14 ? `${value.slice(0, 13)}…` : value;
  return dimension.endsWith('bytes') ? formatBytes(value) : formatFigure(dimension, value).replace(/(\.\d)\d%$/, '$1%');
}
