import { dot, gridX, gridY, line, pointer, tip, type Markish } from '@observablehq/plot';
import type { JSX } from 'preact';
import type { ReliabilityBin } from '../../page-data/reliability.ts';
import type { Role } from '../../page-data/roles.ts';
import { PlotFigure } from './plot-figure.tsx';
import { roleLooks } from './role-looks.ts';

interface ReliabilityProps {
  readonly name: string;
  readonly role: Role;
  readonly bins: readonly ReliabilityBin[];
}

/** How often a model is right, by how sure it says to be: on the diagonal, the two are the same. */
export function Reliability({ name, role, bins }: ReliabilityProps): JSX.Element {
  const { colour, symbol } = roleLooks[role];
  const filled = bins.flatMap(({ confidence, accuracy, count, low, high }) =>
    confidence === null || accuracy === null ? [] : [{ confidence, accuracy, count, low, high }],
  );
  const most = Math.max(1, ...filled.map(({ count }) => count));
  return (
    <PlotFigure
      label={`how often ${name} is right by how sure it is: ${described(filled)}`}
      of={[bins, role]}
      options={(width) => ({
        height: Math.min(width, 340),
        marginLeft: 44,
        marginBottom: 40,
        marginRight: 14,
        marginTop: 34,
        x: {
          label: 'how sure it is',
          domain: [0, 1],
          tickFormat: '.0%',
          ticks: 5,
          labelAnchor: 'center',
          labelArrow: 'none',
        },
        y: { label: 'how often it is right', domain: [0, 1], tickFormat: '.0%', ticks: 5, labelArrow: 'none' },
        r: { type: 'identity' },
        marks: [
          gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
          gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
          line(diagonal, { stroke: 'var(--soft)', strokeDasharray: '4 4' }),
          gaps(filled, colour),
          dot(filled, {
            ...{ x: 'confidence', y: 'accuracy', symbol, fill: colour, stroke: 'var(--paper)' },
            // Its area is the number of images; what stands for very few is still seen.
            r: ({ count }: FilledBin) => Math.max(3, 11 * Math.sqrt(count / most)),
          }),
          tip(
            filled,
            pointer({
              ...{ x: 'confidence', y: 'accuracy', fill: 'var(--paper)', stroke: 'var(--line)' },
              title: ({ low, high, count, accuracy, confidence }: FilledBin) =>
                `sure by ${percent(low)} to ${percent(high)}: ${count} images\nmean ${percent(confidence)}, right ${percent(accuracy)}`,
            }),
          ),
        ],
      })}
    />
  );
}

const diagonal = [
  [0, 0],
  [1, 1],
] as const;

interface FilledBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** From each point to the diagonal. */
function gaps(bins: readonly FilledBin[], colour: string): Markish {
  const ends = bins.flatMap(({ confidence, accuracy }, bin) => [
    { confidence, value: confidence, bin },
    { confidence, value: accuracy, bin },
  ]);
  return line(ends, { x: 'confidence', y: 'value', z: 'bin', stroke: colour, strokeOpacity: 0.55, strokeWidth: 1.5 });
}

function described(bins: readonly FilledBin[]): string {
  return bins.map(({ confidence, accuracy }) => `${percent(accuracy)} at ${percent(confidence)}`).join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
