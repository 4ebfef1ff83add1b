import { expect, test } from '@jest/globals';
import { jsonLinesSink } from '../../src/report/json-lines.ts';
import { failingRun } from './recorded-run.ts';
import { textOutput } from './text-output.ts';

test('JSON lines are the events, one a line', () => {
  const output = textOutput();
  const sink = jsonLinesSink(output);
  for (const event of failingRun) sink.emit(event);
  expect(output.lines().map((line) => JSON.parse(line) as unknown)).toEqual(failingRun);
});
