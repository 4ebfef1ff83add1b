import { expect, test } from '@jest/globals';
import type { StageRecord } from '../../../src/core/stage-record.ts';
import { exportedRun } from '../../../src/report/formats/exported-run.ts';
import { epoch, failingRun, recorded, retriedRun, reused, stageStarted, started } from '../recorded-run.ts';
import { otherRun, recordOf } from './recorded-runs.ts';

const nothing = () => undefined;
const noEvents = () => [];

test('epochs stand at the times at which they ended, and failures end an attempt', () => {
  const run = exportedRun({
    record: recordOf(failingRun),
    events: failingRun,
    resultOf: nothing,
    eventsOf: noEvents,
  });
  const [, teacher, baseline] = run.stages;
  const at = (index: number): number | undefined => failingRun[index]?.time;
  expect(teacher?.epochs.map(({ epoch: number, time }) => [number, time])).toEqual([
    [1, at(4)],
    [2, at(9)],
  ]);
  expect(teacher?.attempts).toEqual([{ started: at(2), ended: at(10) }]);
  expect(baseline?.attempts).toEqual([{ started: at(3), ended: at(7), failure: 'the loss became NaN in epoch 2' }]);
  expect(run).toMatchObject({ started: at(0), ended: failingRun.at(-1)?.time });
});

test('a stage that is tried again has an attempt each time; a run that was killed ends with the last thing told', () => {
  const run = exportedRun({ record: recordOf(retriedRun), events: retriedRun, resultOf: nothing, eventsOf: noEvents });
  expect(run.stages[0]?.attempts.map(({ failure }) => failure)).toEqual(['the server is away', undefined]);
  const killed = retriedRun.slice(0, 2);
  const { ended, stages } = exportedRun({
    ...{ record: recordOf(killed), events: killed, resultOf: nothing, eventsOf: noEvents },
  });
  expect(ended).toBe(killed[1]?.time);
  expect(stages[0]?.attempts).toEqual([{ started: ended, ended }]);
});

test('epochs of a reused training come from the store, and their times from the run that made it, as far as it is there', () => {
  const events = recorded([
    started(['train-teacher']),
    reused('train-teacher'),
    { type: 'run-finished', status: 'succeeded', seconds: 1 },
  ]);
  const earlier = recorded([started(['old-name']), stageStarted('old-name'), epoch('old-name', 2, 3)]);
  const record = recordOf(events);
  const result = {
    key: record.stages[0]?.key,
    epochs: [{ loss: 3 }, { loss: 2 }, { loss: 1 }],
    createdAt: '2027-01-15T08:00:09.000Z',
    madeBy: { run: otherRun, stage: 'old-name', pipeline: 'p' },
  } as unknown as StageRecord;
  const epochsGiven = (eventsOf: Parameters<typeof exportedRun>[0]['eventsOf']) => {
    return exportedRun({ record, events, resultOf: () => result, eventsOf }).stages[0]?.epochs;
  };
  const created = Date.parse(result.createdAt);
  expect(epochsGiven(noEvents)).toEqual(
    [3, 2, 1].map((loss, index) => ({ epoch: index + 1, time: created, figures: { loss } })),
  );
  const noted = earlier[2]?.time;
  const times = epochsGiven((run) => (run === otherRun ? earlier : []))?.map(({ time }) => time);
  // Of the first epoch nothing is known but that it was over before the second one.
  expect(times).toEqual([noted, noted, created]);
});
