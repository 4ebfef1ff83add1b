import { gridY, line, pointer, ruleX, text, tip } from '@observablehq/plot';
import type { JSX } from 'preact';
import { softened } from '../../page-data/softened.ts';
import { PlotFigure } from './plot-figure.tsx';

interface SoftLabelLinesProps {
  /** A teacher's, of one image. */
  readonly logits: readonly number[];
  /** Of the image. */
  readonly label: number;
  /** At which the student was taught. */
  readonly taught?: number | undefined;
}

const [lowest, highest] = [1, 20];
/** On a scale of square roots, so that the small ones are seen. */
const ticks = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1];

/** The soft label of one image over temperatures: a line a class, the largest of them named. */
export function SoftLabelLines({ logits, label, taught }: SoftLabelLinesProps): JSX.Element {
  const points = temperatures.flatMap((temperature) =>
    softened(logits, temperature).map((probability, index) => ({ temperature, probability, index })),
  );
  const told = named(points.filter(({ temperature }) => temperature === highest));
  return (
    <PlotFigure
      label={`soft label by temperature: ${described(logits, taught)}`}
      of={[logits, label, taught]}
      options={(width) => ({
        height: Math.min(330, Math.max(220, width * 0.6)),
        ...{ marginLeft: 44, marginBottom: 40, marginRight: 64, marginTop: 26 },
        x: {
          ...{ type: 'log', domain: [lowest, highest], label: 'temperature', ticks: [1, 2, 4, 8, 16], tickFormat: 'd' },
          ...{ labelAnchor: 'center', labelArrow: 'none' },
        },
        y: { type: 'sqrt', domain: [0, 1], label: 'probability', tickFormat: '.0%', ticks, labelArrow: 'none' },
        marks: [
          gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
          ...(taught === undefined || taught < lowest || taught > highest
            ? []
            : [
                ruleX([taught], { stroke: 'var(--soft)', strokeDasharray: '3 3' }),
                text([taught], {
                  x: (value: number) => value,
                  frameAnchor: 'top',
                  textAnchor: 'start',
                  dx: 6,
                  dy: 6,
                  stroke: 'var(--paper)',
                  strokeWidth: 4,
                  fill: 'var(--soft)',
                  text: (value: number) => `taught at ${value}`,
                }),
              ]),
          line(points, {
            ...{ x: 'temperature', y: 'probability', z: 'index' },
            stroke: ({ index }: Point) => (index === label ? 'var(--teacher)' : 'var(--soft)'),
            strokeWidth: ({ index }: Point) => (index === label ? 2.5 : told.has(index) ? 1.6 : 0.8),
          }),
          text(
            points.filter(({ temperature, index }) => temperature === highest && told.has(index)),
            {
              ...{ x: 'temperature', dx: 6, textAnchor: 'start', fill: 'var(--ink)', fontSize: 12 },
              y: ({ index }: Point) => told.get(index) ?? 0,
              text: ({ index, probability }: Point) => `${index}  ${percent(probability)}`,
            },
          ),
          tip(
            points,
            pointer({
              ...{ x: 'temperature', y: 'probability', fill: 'var(--paper)', stroke: 'var(--line)' },
              title: ({ temperature, probability, index }: Point) =>
                `class ${index}: ${percent(probability)}\nat temperature ${temperature.toPrecision(2)}`,
            }),
          ),
        ],
      })}
    />
  );
}

interface Point {
  readonly temperature: number;
  readonly probability: number;
  readonly index: number;
}

/** Evenly spread on a logarithmic axis. */
const temperatures = Array.from({ length: 41 }, (_, step) => lowest * (highest / lowest) ** (step / 40));

/** The four largest, and where their names stand: so far apart that they can be read, on a scale of square roots. */
function named(last: readonly Point[]): ReadonlyMap<number, number> {
  const largest = [...last].sort((a, b) => b.probability - a.probability).slice(0, 4);
  const places = new Map<number, number>();
  let above = Infinity;
  for (const { index, probability } of largest) {
    above = Math.min(Math.sqrt(probability), above - 0.065);
    places.set(index, Math.max(0, above) ** 2);
  }
  return places;
}

function described(logits: readonly number[], taught = 1): string {
  const soft = softened(logits, taught).map((probability, index) => ({ probability, index }));
  const largest = soft.sort((a, b) => b.probability - a.probability).slice(0, 4);
  const told = largest.map(({ probability, index }) => `class ${index} ${percent(probability)}`);
  return `at temperature ${taught} ${told.join(', ')}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}
