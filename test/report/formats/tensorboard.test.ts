import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { crc32c } from '../../../src/report/formats/tensorboard/crc32c.ts';
import { eventMessage, versionMessage, type SummaryEvent } from '../../../src/report/formats/tensorboard/event.ts';
import { recordFile } from '../../../src/report/formats/tensorboard/record-file.ts';

test('the checksum is CRC-32C', () => {
  // The check value of the polynomial, and RFC 3720, B.4.
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test('an event file has the bytes that TensorBoard itself writes', () => {
  const time = 1_800_000_001_500;
  const start = {
    name: 'run/temperature=4',
    time: 1_800_000_000_250,
    hyperparameters: { augment: true, optimizer: 'ädam', temperature: 4 },
  };
  const events: readonly SummaryEvent[] = [
    {
      ...{ time, step: 1 },
      values: [
        { tag: 'epoch/loss', number: 0.4375 },
        { tag: 'epoch/accuracy', number: 0 },
        { tag: `long/${'x'.repeat(300)}`, number: -1e-20 },
      ],
    },
    { time, step: 300, values: [{ tag: 'epoch/loss', number: 0.1 }] },
    { time, step: 0, values: [{ tag: 'pipeline', text: '    name: tiny\n' }] },
    { time, step: 0, values: [{ sessionStart: start }] },
    { time, step: 0, values: [{ sessionEnd: { time: 1_800_000_060_000, status: 'failure' } }] },
  ];
  const made = recordFile([versionMessage(1_800_000_000_250), ...events.map(eventMessage)]);
  // make-events.py, beside it, wrote it.
  const fixture = readFileSync(join(import.meta.dirname, '../../fixtures/formats/tensorboard.hex'), 'utf8');
  expect(Buffer.from(made).toString('hex')).toBe(fixture.replaceAll('\n', ''));
});
