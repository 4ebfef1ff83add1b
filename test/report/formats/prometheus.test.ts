import { expect, test } from '@jest/globals';
import type { PipelineEvent } from '../../../src/core/event.ts';
import { exportedRun } from '../../../src/report/formats/exported-run.ts';
import { prometheusText } from '../../../src/report/formats/prometheus.ts';
import { finished, goodRun, recorded, started } from '../recorded-run.ts';
import { recordOf } from './recorded-runs.ts';

function textOf(events: readonly PipelineEvent[]): string {
  return prometheusText(
    exportedRun({ record: recordOf(events), events, resultOf: () => undefined, eventsOf: () => [] }),
  );
}

test('a run is gauges, each family with its help and type before it', () => {
  const text = textOf(goodRun);
  expect(text).toContain(
    [
      '# HELP distill_pipeline_run_succeeded Whether every stage ended well and every gate was passed.',
      '# TYPE distill_pipeline_run_succeeded gauge',
      'distill_pipeline_run_succeeded{pipeline="mnist-distill"} 0',
      '',
    ].join('\n'),
  );
  for (const line of [
    'distill_pipeline_run_start_timestamp_seconds{pipeline="mnist-distill"} 1800000000',
    'distill_pipeline_run_duration_seconds{pipeline="mnist-distill"} 82',
    'distill_pipeline_run_stages{pipeline="mnist-distill",status="ran"} 2',
    'distill_pipeline_stage_duration_seconds{pipeline="mnist-distill",stage="train-student"} 75',
    'distill_pipeline_stage_metric{pipeline="mnist-distill",stage="evaluate",metric="student.test.accuracy"} 0.9511',
    'distill_pipeline_gate_passed{pipeline="mnist-distill",metric="evaluate.student.validation.loss",bound="<= 0.1"} 0',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text.endsWith('0\n')).toBe(true);
});

test('labels hold any text, and a run under way has not succeeded or failed', () => {
  const text = textOf(recorded([started(['s']), finished('s', 'files', { 'a"b\\c\nd': 1e21 })]));
  expect(text).toContain('metric="a\\"b\\\\c\\nd"} 1e+21\n');
  expect(text).not.toContain('run_succeeded');
});
