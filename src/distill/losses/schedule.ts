/** Numbers of a loss that change while the student trains. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';

/** A number is constant. */
export type Scheduled =
  | number
  /** From the one to the other in a straight line; over the whole training without `epochs`, and the same from then on. */
  | { readonly linear: Path }
  /** The same along half a cosine: slow at both ends. */
  | { readonly cosine: Path }
  /** values[i] until boundaries[i] epochs are over, the last value after the last boundary. */
  | { readonly piecewiseConstant: { readonly boundaries: readonly number[]; readonly values: readonly number[] } };

interface Path {
  readonly from: number;
  readonly to: number;
  readonly epochs?: number;
}

/** Where in a training a batch is. */
export interface Progress {
  /** How many epochs are over, with the part of this one. */
  readonly epoch: number;
  /** Of the whole training. */
  readonly epochs: number;
}

export function valueAt(scheduled: Scheduled, { epoch, epochs }: Progress): number {
  if (typeof scheduled === 'number') return scheduled;
  if ('piecewiseConstant' in scheduled) {
    const { boundaries, values } = scheduled.piecewiseConstant;
    const index = boundaries.findIndex((boundary) => epoch < boundary);
    return values[index === -1 ? values.length - 1 : index] ?? 0;
  }
  const { from, to, epochs: span = epochs } = 'linear' in scheduled ? scheduled.linear : scheduled.cosine;
  const share = Math.min(1, epoch / span);
  return from + (to - from) * ('linear' in scheduled ? share : (1 - Math.cos(Math.PI * share)) / 2);
}

/** Whether it depends on how long the training is: such a training cannot be extended. */
export function scheduleReadsTotal(scheduled: Scheduled): boolean {
  if (typeof scheduled === 'number' || 'piecewiseConstant' in scheduled) return false;
  return ('linear' in scheduled ? scheduled.linear : scheduled.cosine).epochs === undefined;
}

/** The share that a warm-up has reached: k / warmupEpochs in the k-th epoch. */
export function rampAt(warmupEpochs: number, { epoch }: Progress): number {
  return Math.min(1, (Math.floor(epoch) + 1) / Math.max(1, warmupEpochs));
}

export function isScheduled(value: unknown): value is Exclude<Scheduled, number> {
  return isJsonObject(value);
}

/** Every value that it gives is one of these or between two of them. */
export function scheduledValues(scheduled: Scheduled): readonly number[] {
  if (typeof scheduled === 'number') return [scheduled];
  if ('piecewiseConstant' in scheduled) return scheduled.piecewiseConstant.values;
  const { from, to } = 'linear' in scheduled ? scheduled.linear : scheduled.cosine;
  return [from, to];
}

/** `T goes from 20 to 1 in a straight line over all epochs` */
export function describeSchedule(letter: string, scheduled: Exclude<Scheduled, number>): string {
  if ('piecewiseConstant' in scheduled) {
    const { boundaries, values } = scheduled.piecewiseConstant;
    const steps = boundaries.map((boundary, index) => `then ${values[index + 1] ?? ''} from epoch ${boundary + 1}`);
    return [`${letter} is ${values[0] ?? ''}`, ...steps].join(', ');
  }
  const { from, to, epochs } = 'linear' in scheduled ? scheduled.linear : scheduled.cosine;
  const way = 'linear' in scheduled ? 'in a straight line' : 'along half a cosine';
  return `${letter} goes from ${from} to ${to} ${way} over ${epochs === undefined ? 'all' : `the first ${epochs}`} epochs`;
}
