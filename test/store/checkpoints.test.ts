import { beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Checkpoint } from '../../src/core/stage-runner.ts';
import { folderCheckpoints } from '../../src/store/checkpoints.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';

let folder: string;

beforeEach(() => {
  folder = `${temporaryFolder()}/not/made/yet`;
});

function state(epoch: number): Checkpoint {
  return {
    epoch,
    files: { 'weights.bin': Buffer.from(`weights ${epoch}`), 'slots.bin': new Uint8Array([epoch, 0, 255]) },
  };
}

/** As a stage does that trains from one epoch to another. */
async function train(from: number, to: number): Promise<void> {
  const checkpoints = folderCheckpoints(folder);
  for (let epoch = from; epoch <= to; epoch++) await checkpoints.save(state(epoch));
}

async function latest(epoch: number): Promise<number | undefined> {
  return (await folderCheckpoints(folder).latest(epoch))?.epoch;
}

function kept(): readonly string[] {
  return readdirSync(folder).sort();
}

describe('a checkpoint', () => {
  it('is not there before one was saved, and asking makes no folder', async () => {
    expect(await latest(100)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  it('comes back byte for byte', async () => {
    await folderCheckpoints(folder).save(state(3));
    const found = await folderCheckpoints(folder).latest(10);
    expect(found?.epoch).toBe(3);
    const files = Object.entries(found?.files ?? {}).map(([name, bytes]) => [name, [...bytes]] as const);
    expect(Object.fromEntries(files)).toEqual({
      'weights.bin': [...Buffer.from('weights 3')],
      'slots.bin': [3, 0, 255],
    });
  });

  it('is the furthest one not beyond the epoch asked for', async () => {
    for (const epoch of [5, 10, 20]) await train(epoch, epoch);
    expect([await latest(4), await latest(5), await latest(19), await latest(100)]).toEqual([undefined, 5, 10, 20]);
  });

  it('may be saved again', async () => {
    const checkpoints = folderCheckpoints(folder);
    for (let time = 0; time < 3; time++) await checkpoints.save(state(2));
    expect(kept()).toEqual(['epoch-000002']);
    expect(await latest(2)).toBe(2);
  });

  it.each(['../out', 'a/b', '', '.', '..', 'checkpoint.json'])('has no file by the name %j', async (name) => {
    await expect(folderCheckpoints(folder).save({ epoch: 1, files: { [name]: new Uint8Array(1) } })).rejects.toThrow(
      TypeError,
    );
    expect(await latest(1)).toBeUndefined();
  });
});

describe('what is kept', () => {
  it('of a training is its last state', async () => {
    await train(1, 5);
    expect(kept()).toEqual(['epoch-000005']);
  });

  it('of one that goes on from a finished one are both ends', async () => {
    await train(1, 5);
    await train(6, 10);
    expect(kept()).toEqual(['epoch-000005', 'epoch-000010']);
  });

  it('is never what another run under the same key may go on from', async () => {
    const [shorter, longer] = [folderCheckpoints(folder), folderCheckpoints(folder)];
    for (let epoch = 1; epoch <= 5; epoch++) {
      await shorter.save(state(epoch));
      await longer.save(state(epoch));
    }
    expect(await latest(5)).toBe(5);
    for (let epoch = 6; epoch <= 10; epoch++) await longer.save(state(epoch));
    expect(await latest(5)).toBe(5);
    expect(await latest(10)).toBe(10);
  });
});

describe('a damaged checkpoint', () => {
  it.each<[string, (place: string) => void]>([
    [
      'a file is cut short',
      (place) => {
        truncateSync(`${place}/weights.bin`, 2);
      },
    ],
    [
      'a file has another byte',
      (place) => {
        writeFileSync(`${place}/slots.bin`, new Uint8Array([9, 0, 254]));
      },
    ],
    [
      'a file is gone',
      (place) => {
        rmSync(`${place}/weights.bin`);
      },
    ],
    [
      'its list is gone',
      (place) => {
        rmSync(`${place}/checkpoint.json`);
      },
    ],
    [
      'its list is damaged',
      (place) => {
        truncateSync(`${place}/checkpoint.json`, 40);
      },
    ],
    [
      'its list is another one’s',
      (place) => {
        writeFileSync(`${place}/checkpoint.json`, other());
      },
    ],
    [
      'it is a file',
      (place) => {
        rmSync(place, { recursive: true });
        writeFileSync(place, '');
      },
    ],
  ])('is as if it were not there: %s', async (_how, damage) => {
    await train(5, 5);
    await train(9, 9);
    damage(`${folder}/epoch-000009`);
    expect(await latest(10)).toBe(5);
    await train(9, 9);
    expect(await latest(10)).toBe(9);
  });

  function other(): string {
    return readFileSync(`${folder}/epoch-000005/checkpoint.json`, 'utf8');
  }
});

it('leaves out, and later removes, what a killed process had half-written', async () => {
  await train(1, 1);
  const half = 'half-checkpoint-00000000-00000000-1-2-abcdef';
  mkdirSync(`${folder}/${half}`);
  await train(2, 2);
  expect(kept()).toEqual(['epoch-000001', 'epoch-000002', half]);
  expect(await latest(9)).toBe(2);
});
