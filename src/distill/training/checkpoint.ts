/** The state of a training at the end of an epoch, as the files of a checkpoint. */
import type { Checkpoint } from '../../core/stage-runner.ts';
import { bytesToFloats, floatBytes } from '../model/weights.ts';
import type { Course } from './course.ts';

export interface TrainState {
  readonly course: Course;
  /** The model's, at the end of the epoch. */
  readonly weights: Float32Array;
  /** The optimiser's. */
  readonly slots: Float32Array;
  /** Those of feature losses, which are no part of the model. */
  readonly regressors: Float32Array;
  /** All weights of the students beside it, which are no part of it either. */
  readonly peers: Float32Array;
}

/** How many numbers a training has of each. */
type Sizes = Readonly<Record<Exclude<keyof TrainState, 'course'>, number>>;

const FORMAT = 'distill-pipeline/checkpoint@1';

export function encodeState({ course: { best, ...figures }, ...state }: TrainState): Checkpoint {
  const { weights, slots, regressors, peers } = state;
  const text = JSON.stringify({ format: FORMAT, hasBest: best !== undefined, ...figures });
  // Most often the best weights are those of this epoch.
  const own = best === undefined || figures.watch.bestEpoch === figures.epoch ? {} : { 'best.bin': floatBytes(best) };
  const files = {
    'state.json': new TextEncoder().encode(text),
    'weights.bin': floatBytes(weights),
    'slots.bin': floatBytes(slots),
    ...(regressors.length === 0 ? {} : { 'regressors.bin': floatBytes(regressors) }),
    ...(peers.length === 0 ? {} : { 'peers.bin': floatBytes(peers) }),
  };
  return { epoch: figures.epoch, files: { ...files, ...own } };
}

/** @returns undefined for what is damaged or of another format: training then starts afresh */
export function decodeState({ epoch, files }: Checkpoint, sizes: Sizes): TrainState | undefined {
  try {
    const { format, hasBest, ...figures } = JSON.parse(new TextDecoder().decode(file(files, 'state.json'))) as Header;
    if (format !== FORMAT || figures.epoch !== epoch || figures.history.length !== epoch) return undefined;
    const weights = bytesToFloats(file(files, 'weights.bin'), sizes.weights);
    const slots = bytesToFloats(file(files, 'slots.bin'), sizes.slots);
    const optional = (name: string, size: number): Float32Array =>
      size === 0 ? new Float32Array() : bytesToFloats(file(files, name), size);
    const regressors = optional('regressors.bin', sizes.regressors);
    const peers = optional('peers.bin', sizes.peers);
    const isBest = figures.watch.bestEpoch === epoch;
    const best = isBest || !hasBest ? weights : bytesToFloats(file(files, 'best.bin'), sizes.weights);
    return { course: { ...figures, best: hasBest ? best : undefined }, weights, slots, regressors, peers };
  } catch {
    return undefined;
  }
}

type Header = Omit<Course, 'best'> & { readonly format: string; readonly hasBest: boolean };

function file(files: Checkpoint['files'], name: string): Uint8Array {
  const bytes = files[name];
  if (bytes === undefined) throw new Error(`the checkpoint has no ${name}`);
  return bytes;
}
