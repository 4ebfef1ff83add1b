/** Trainings that are interrupted and go on, from checkpoints in memory. */
import { expect } from '@jest/globals';
import type { Checkpoint, Checkpoints } from '../../src/core/stage-runner.ts';
import type { RequestOptions } from './rig.ts';

export function memory() {
  const saved = new Map<number, Checkpoint>();
  const checkpoints: Checkpoints = {
    latest: (most) => {
      const epoch = Math.max(0, ...[...saved.keys()].filter((each) => each <= most));
      return Promise.resolve(saved.get(epoch));
    },
    save: (checkpoint) => Promise.resolve(void saved.set(checkpoint.epoch, structuredClone(checkpoint))),
  };
  return { checkpoints, saved };
}

type Learn = (options: Pick<RequestOptions, 'epochs' | 'checkpoints' | 'onEpoch'>) => Promise<unknown>;

/** Going on from epoch `until` gives what three epochs at once do. @param file what its checkpoints hold besides */
export async function expectSameWhenResumed(learn: Learn, until: number, file: string): Promise<void> {
  const fresh = await learn({ epochs: 3 });
  const { checkpoints, saved } = memory();
  await learn({ epochs: until, checkpoints });
  const epochs: number[] = [];
  const resumed = await learn({ epochs: 3, checkpoints, onEpoch: ({ epoch }) => epochs.push(epoch) });
  expect(epochs).toEqual([2, 3].slice(until - 1));
  expect(resumed).toEqual(fresh);
  expect(Object.keys(saved.get(3)?.files ?? {})).toContain(file);
}

export async function expectAfreshWhenDamaged(learn: Learn, file: string): Promise<void> {
  const fresh = await learn({ epochs: 2 });
  const { checkpoints, saved } = memory();
  await learn({ epochs: 1, checkpoints });
  const last = saved.get(1);
  if (last === undefined) throw new Error('no checkpoint');
  saved.set(1, { ...last, files: { ...last.files, [file]: new Uint8Array(3) } });
  expect(await learn({ epochs: 2, checkpoints })).toEqual(fresh);
}
