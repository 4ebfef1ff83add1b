import { expect, test } from '@jest/globals';
import { renderLatencies } from '../../src/report/latency-text.ts';
import { makeStyle } from '../../src/report/style.ts';

const report = {
  ...{ run: 'r1', backend: 'wasm', host: { cpu: 'A processor', cores: 4 }, load: 0.5 },
  models: [
    {
      ...{ stages: ['teacher'], parameters: 61_514, bytes: 246_056 },
      latencies: [
        { batch: 1, milliseconds: 1.2345, shortest: 1.1, longest: 20 },
        { batch: 64, milliseconds: 32, shortest: 25.6, longest: 640 },
      ],
    },
    {
      ...{ stages: ['student@replicate=0', 'student@replicate=1'], parameters: 10, bytes: 40 },
      latencies: [
        { batch: 1, milliseconds: 0.01234, shortest: 0.01, longest: 123.4 },
        { batch: 64, milliseconds: 0.64, shortest: 0.64, longest: 0.64 },
      ],
    },
  ],
};

test('latencies are for an image, with how far they spread', async () => {
  const text = await renderLatencies(report, { style: makeStyle(false), width: 200 });
  expect(text.split('\n')).toEqual([
    'model                            parameters  weights  one image alone         64 together',
    'teacher                              61,514  240 KiB  1.23 (1.10 to 20.0)     0.500 (0.400 to 10.0)',
    'student@replicate=0 and 1 alike          10     40 B  0.0123 (0.0100 to 123)  0.0100 (0.0100 to 0.0100)',
    'run r1 on wasm, 4 × A processor: milliseconds an image, median (shortest to longest) of rounds of 25 ms, measured now',
    '',
  ]);
});

test('a busy machine is told', async () => {
  const text = await renderLatencies({ ...report, load: 6 }, { style: makeStyle(false), width: 200 });
  expect(text).toContain('measured now; the machine was busy (load 6.0), so that this is too much\n');
});

test('where it could not be kept, that is told with the reason', async () => {
  const text = await renderLatencies(
    { ...report, unkept: 'its disk is full' },
    { style: makeStyle(false), width: 200 },
  );
  expect(text).toMatch(/measured now\nnot kept beside the run's record: its disk is full\n$/);
});
