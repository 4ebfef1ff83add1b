import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { EventBody, PipelineEvent } from '../../src/core/event.ts';
import type { StageId } from '../../src/core/ids.ts';
import { liveListSink } from '../../src/report/live/live-list.ts';
import {
  epoch,
  failingRun,
  finished,
  goodRun,
  progress,
  recorded,
  retriedRun,
  reused,
  stageStarted,
  started,
  waitingRun,
} from './recorded-run.ts';
import { testScreen, type TestScreen } from './screen.ts';

/** Long enough for listr2 to draw. */
const drawn = 150;

/** The first drawing waits until listr2 is loaded, which takes long on a busy machine. */
async function settled(screen: TestScreen): Promise<void> {
  for (let waited = 0; waited < 20_000 && screen.lines().join('') === ''; waited += 20) await sleep(20);
  await sleep(drawn);
}

function shownBy(events: readonly PipelineEvent[], screen: TestScreen) {
  const sink = liveListSink(screen);
  for (const event of events) sink.emit(event);
  return sink;
}

describe('the live list', () => {
  test('moves with the stages, two at once', async () => {
    const screen = testScreen(80, 20);
    const sink = shownBy(failingRun.slice(0, 6), screen);
    await settled(screen);
    expect(screen.lines().map((line) => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /, '* '))).toEqual([
      '↺ load-data       reused  saved 3.2 s',
      '* train-teacher   epoch 1/2  2.0 s left',
      '  loss 0.5  accuracy 85.00%  validation accuracy 90.00%',
      '* train-baseline  epoch 2/3  50%  3.0 s left',
      '  loss 0.3  accuracy 88.00%  3,500 samples/s',
      '◼ evaluate',
    ]);
    for (const event of failingRun.slice(6)) sink.emit(event);
    await sink.close();
  });

  test('shows that a stage waits for its next attempt', async () => {
    const screen = testScreen(100, 20);
    const sink = shownBy(retriedRun.slice(0, 3), screen);
    await settled(screen);
    expect(screen.lines().map((line) => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /, '* '))).toEqual([
      '* load-data  attempt 1 of 3 failed, next in 10 s  the server is away',
    ]);
    for (const event of retriedRun.slice(3)) sink.emit(event);
    await sink.close();
    expect(screen.lines()).toEqual(['✔ load-data  6.0 s']);
  });

  test('shows how the run gets on that is waited for', async () => {
    const screen = testScreen(120, 20);
    const sink = shownBy(waitingRun.slice(0, 4), screen);
    await settled(screen);
    expect(screen.lines()[0]).toContain('train-teacher  waiting for run r1: epoch 2/3  50%  3.0 s left');
    for (const event of waitingRun.slice(4)) sink.emit(event);
    await sink.close();
  });

  test('ends as a list without a line twice, and gives the cursor back', async () => {
    const screen = testScreen(80, 20);
    const sink = shownBy([], screen);
    for (const event of failingRun) {
      sink.emit(event);
      await sleep(30);
    }
    await sink.close();
    expect(screen.lines()).toEqual([
      '↺ load-data       reused  saved 3.2 s',
      '✔ train-teacher   6.0 s  validation accuracy 97.35%, loss 0.25',
      '✖ train-baseline  failed: the loss became NaN in epoch 2',
      '◼ evaluate        not run: train-baseline failed',
    ]);
    expect(screen.cursorHidden()).toBe(false);
  });

  test.each([30, 44, 60])('keeps to %i columns', async (columns) => {
    const screen = testScreen(columns, 20);
    const sink = shownBy([], screen);
    for (const event of [...goodRun.slice(0, 4), progressOf('train-student'), ...goodRun.slice(4)]) {
      sink.emit(event);
      await sleep(60);
    }
    await sink.close();
    expect(screen.lines()).toHaveLength(3);
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('of a pipeline longer than the screen shows what runs, and never a line twice', async () => {
    const screen = testScreen(80, 10);
    const names = Array.from({ length: 40 }, (_, index) => `stage-${index}`);
    const sink = shownBy([], screen);
    const events = recorded([
      started(names),
      ...names.slice(0, 30).map((name) => reused(name)),
      ...names
        .slice(30)
        .flatMap((name) => [stageStarted(name), epoch(name, 1, 1), finished(name, 'model', { loss: 1 })]),
    ]);
    for (const event of events) {
      sink.emit(event);
      if (event.type === 'epoch-ended') await sleep(30);
    }
    await sink.close();
    expect(screen.lines()).toEqual(names.slice(30).map((name) => `✔ ${name}  6.0 s  loss 1`));
  });

  test('of many variants counts those that ended, and shows those that run or failed', async () => {
    const screen = testScreen(80, 20);
    const names = Array.from({ length: 30 }, (_, index) => `train@seed=${index}`);
    const first = started(['load-data', ...names]);
    if (first.type !== 'run-started') throw new Error('the first event starts the run');
    const stages = first.stages.map((stage, index) =>
      index === 0 ? stage : { ...stage, variant: { of: 'train' as StageId, axes: { seed: index - 1 } } },
    );
    const sink = shownBy([], screen);
    const failed = (name: string): EventBody => ({
      ...{ type: 'stage-failed', stage: name as StageId, seconds: 1 },
      problem: { code: 'not-a-number', message: 'the loss became NaN' },
    });
    const events = recorded([
      { ...first, stages },
      reused('load-data'),
      ...names.slice(0, 10).map((name) => reused(name)),
      ...names
        .slice(10)
        .flatMap((name, index) => [
          stageStarted(name),
          epoch(name, 1, 1),
          index === 7 ? failed(name) : finished(name, 'model', { loss: 1 }),
        ]),
    ]);
    for (const event of events) {
      sink.emit(event);
      if (event.type === 'epoch-ended') await sleep(20);
    }
    await sink.close();
    expect(screen.lines()).toEqual([
      '✖ train          29 of 30 done, 10 reused, 1 failed',
      '✖ train@seed=17  failed: the loss became NaN',
    ]);
  });

  test('shows the stages after a second in which nothing was heard, and what then is said of them', async () => {
    const screen = testScreen(80, 20);
    const sink = shownBy(goodRun.slice(0, 1), screen);
    await sleep(500);
    expect(screen.lines().join('')).toBe('');
    await settled(screen);
    sink.emit({ time: 0, type: 'warning', message: 'no worker listens' });
    await sleep(drawn);
    expect(screen.lines().at(-1)).toBe('◼ no worker listens');
    expect(screen.lines()[0]).toBe('◼ load-data');
    await sink.close();
  });

  test('draws nothing where nothing runs', async () => {
    const screen = testScreen(80, 20);
    const sink = shownBy(
      recorded([
        started(['load-data']),
        reused('load-data'),
        { type: 'run-finished', status: 'succeeded', seconds: 0.1 },
      ]),
      screen,
    );
    await sink.close();
    expect(screen.lines()).toEqual(['']);
  });
});

function progressOf(stage: string): PipelineEvent {
  return { time: 0, ...progress(stage, 100) };
}
