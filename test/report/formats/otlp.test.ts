import { expect, test } from '@jest/globals';
import { exportedRun } from '../../../src/report/formats/exported-run.ts';
import { otlpTrace } from '../../../src/report/formats/otlp.ts';
import { failingRun, retriedRun } from '../recorded-run.ts';
import { recordOf } from './recorded-runs.ts';

interface Span {
  readonly spanId: string;
  readonly name: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly status: object;
  readonly events: readonly { readonly timeUnixNano: string; readonly attributes: readonly object[] }[];
}

function spansOf(events: typeof failingRun): readonly Span[] {
  const run = exportedRun({ record: recordOf(events), events, resultOf: () => undefined, eventsOf: () => [] });
  const { resourceSpans } = otlpTrace(run) as unknown as { resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }] };
  return resourceSpans[0].scopeSpans[0].spans;
}

test('a run is a span, a stage that was worked at one below it, an epoch an event; times are whole nanoseconds', () => {
  const [root, teacher, baseline] = spansOf(failingRun);
  expect(root).toMatchObject({ name: 'mnist-distill', status: { code: 2, message: 'failed' } });
  expect(root?.startTimeUnixNano).toBe('1800000000000000000');
  expect(teacher).toMatchObject({ name: 'train-teacher', parentSpanId: root?.spanId, status: { code: 1 } });
  expect(teacher?.events.map(({ timeUnixNano }) => timeUnixNano)).toEqual([
    '1800000004000000000',
    '1800000009000000000',
  ]);
  expect(teacher?.events[0]?.attributes).toContainEqual({ key: 'loss', value: { doubleValue: 0.5 } });
  expect(baseline?.status).toEqual({ code: 2, message: 'the loss became NaN in epoch 2' });
});

test('each attempt is a span of its own; the same run gives the same ids', () => {
  const [, failed, done] = spansOf(retriedRun);
  expect([failed?.status, done?.status]).toEqual([{ code: 2, message: 'the server is away' }, { code: 1 }]);
  expect(failed?.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(failed?.spanId).not.toBe(done?.spanId);
  expect(spansOf(retriedRun)).toEqual(spansOf(retriedRun));
});
