import { describe, expect, test } from '@jest/globals';
import { plainLinesSink } from '../../src/report/plain-lines.ts';
import { auditedRun, failingRun, goodRun, progress, recorded, retriedRun, waitingRun } from './recorded-run.ts';
import { textOutput } from './text-output.ts';

function logOf(events: typeof failingRun): string[] {
  const output = textOutput();
  const sink = plainLinesSink(output);
  for (const event of events) sink.emit(event);
  return output.lines();
}

describe('plain lines', () => {
  test('tell a run in which one stage fails', () => {
    expect(logOf(failingRun)).toEqual([
      'run 20261124-142233-k3f9: mnist-distill, 4 stages, wasm, 2 at once',
      'load-data: reused, saved 3.2 s',
      'train-teacher: started (options changed)',
      'train-baseline: started (never ran)',
      'train-teacher: epoch 1/2, loss 0.5, accuracy 85.00%, validation accuracy 90.00%, 3,512 samples/s, 2.0 s left',
      'train-baseline | a red word ',
      'train-baseline | and a line',
      'train-baseline: failed: pipelines/mnist-distill.yaml:31:7: the loss became NaN in epoch 2',
      '  lower the learning rate',
      'evaluate: not run, because train-baseline failed',
      'train-teacher: epoch 2/2, loss 0.25, accuracy 90.00%, validation accuracy 90.00%, 3,512 samples/s',
      'train-teacher: done in 6.0 s',
      'run failed in 8.4 s',
    ]);
  });

  test('tell gates', () => {
    expect(logOf(goodRun).slice(-3)).toEqual([
      'gate evaluate.student.validation.accuracy >= 0.9: 95.10%, passed',
      'gate evaluate.student.validation.loss <= 0.1: 0.2, missed',
      'run missed a gate in 1 min 22 s',
    ]);
  });

  test('tell a failure after which the stage is tried again', () => {
    expect(logOf(retriedRun).slice(1, -1)).toEqual([
      'load-data: started (never ran)',
      'load-data: attempt 1 of 3 failed: p.yaml:3:3: the server is away',
      '  wait',
      'load-data: tried again in 10 s',
      'load-data: started again, attempt 2',
      'load-data: done in 6.0 s',
    ]);
  });

  test('tell how the run gets on that is waited for', () => {
    expect(logOf(waitingRun).slice(1, -1)).toEqual([
      'train-teacher: waiting for run r1 (process 1 on h), which is computing the same',
      'train-teacher: waiting for run r1: epoch 1/3, loss 0.5, accuracy 85.00%, validation accuracy 90.00%, 3,512 samples/s, 4.0 s left',
      'train-teacher: reused, saved 3.2 s',
    ]);
  });

  test('tell what an audit finds', () => {
    expect(logOf(auditedRun).slice(3, -1)).toEqual([
      'audit: 2 of 2 reused results are made again: load-data, train-teacher',
      'load-data: audited in 3.0 s: other bytes, which its stage type allows, validation.accuracy 90.00% -> 89.00%',
      'train-teacher: audited in 1 min, failed: p.yaml:3:3: other bytes: weights.bin',
      '  replace it',
    ]);
  });

  test('tell the progress of a download at its beginning and then every ten seconds', () => {
    const download = (done: number) =>
      progress('load-data', done, { label: 'download', unit: 'bytes', total: 11_490_434 });
    const events = recorded(Array.from({ length: 21 }, (_, second) => download(second * 1_000_000)));
    expect(logOf(events)).toEqual([
      'load-data: download 0 of 11,490,434 bytes',
      'load-data: download 10,000,000 of 11,490,434 bytes',
      'load-data: download 20,000,000 of 11,490,434 bytes',
    ]);
  });

  test('hold no control character but the line break', () => {
    const output = textOutput();
    const sink = plainLinesSink(output);
    for (const event of [...failingRun, ...goodRun]) sink.emit(event);
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(output.text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
