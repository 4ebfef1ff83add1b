import { describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../src/base/hash.ts';
import type { RunId, StageKey } from '../../src/core/ids.ts';
import type { StageProgress } from '../../src/core/stage-runner.ts';
import { followStage } from '../../src/records/follow-stage.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';

const key = sha256('key') as StageKey;
const epoch = (stage: string, number: number): string =>
  `${JSON.stringify({ time: 1, type: 'epoch-ended', stage, epoch: number, epochs: 9, figures: {}, samplesPerSecond: 1, seconds: 1, secondsLeft: 1 })}\n`;
const startOf = (stage: string, of: string): string =>
  `${JSON.stringify({ time: 1, type: 'stage-started', stage, key: of, because: '' })}\n`;

interface Following {
  readonly epochs: () => readonly number[];
  readonly until: (condition: () => boolean) => Promise<void>;
  readonly end: () => Promise<void>;
}

function following(folder: string, run = 'r'): Following {
  const end = new AbortController();
  const told: StageProgress[] = [];
  const done = followStage(
    { folder, run: run as RunId, key },
    { signal: end.signal, progress: (event) => told.push(event) },
  );
  return {
    epochs: () => told.flatMap((event) => (event.type === 'epoch-ended' ? [event.epoch] : [])),
    async until(condition: () => boolean): Promise<void> {
      for (let waited = 0; waited < 20_000 && !condition(); waited += 10) await sleep(10);
      expect(condition()).toBe(true);
    },
    async end(): Promise<void> {
      end.abort();
      await done;
    },
  };
}

describe('a stage of another run', () => {
  it('is found by its key, and its latest progress told as it comes', async () => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/r`);
    const file = `${folder}/r/events.jsonl`;
    writeFileSync(file, startOf('other', sha256('other')) + startOf('theirs', key) + epoch('other', 7));
    appendFileSync(file, epoch('theirs', 1) + epoch('theirs', 2));
    const { epochs, until, end } = following(folder);
    await until(() => epochs().length > 0);
    // What was before is not told one by one.
    expect(epochs()).toEqual([2]);
    const third = epoch('theirs', 3);
    appendFileSync(file, third.slice(0, 20));
    await sleep(250);
    appendFileSync(file, third.slice(20));
    await until(() => epochs().includes(3));
    await end();
    expect(epochs()).toEqual([2, 3]);
  });

  it.each([
    ['that is not there', () => undefined],
    [
      'that is garbled',
      (file: string) => {
        writeFileSync(
          file,
          `{"type":"epoch-ended"}\nnull\n[]\n\u0000{{{\n${startOf('theirs', key)}{"type":"epoch-ended","stage":"theirs"}\n`,
        );
      },
    ],
    [
      'that is a folder',
      (file: string) => {
        mkdirSync(file);
      },
    ],
  ])('with a record %s is told nothing of', async (_what, make) => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/r`);
    make(`${folder}/r/events.jsonl`);
    const { epochs, end } = following(folder);
    await sleep(300);
    await end();
    expect(epochs()).toEqual([]);
  });

  it('is looked for nowhere but among the runs', async () => {
    const { epochs, end } = following(temporaryFolder(), '../elsewhere');
    await end();
    expect(epochs()).toEqual([]);
  });
});
